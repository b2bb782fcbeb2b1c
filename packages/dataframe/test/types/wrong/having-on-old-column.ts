import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.groupBy("status").agg(F.sum("total").as("sum")).filter(orders.col("items").gt(1));
