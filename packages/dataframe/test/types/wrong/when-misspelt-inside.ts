import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.withColumn("size", F.when(F.col("itms").gt(1), "many").otherwise("few"));
