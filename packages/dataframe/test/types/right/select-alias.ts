import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select(F.col("items").as("n"), orders.col("items").alias("m")).collect();
export const m: number | undefined = row?.m;
