import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.filter(F.col("late")).withColumn("late", orders.col("items").gt(1));
