import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.withColumn("double", F.col("totall").multiply(2));
