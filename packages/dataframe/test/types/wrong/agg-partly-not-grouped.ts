import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.groupBy("status").agg(F.sum("items").plus(orders.col("items")).as("x"));
