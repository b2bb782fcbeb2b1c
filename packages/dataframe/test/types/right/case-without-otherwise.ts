import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select(F.when(orders.col("items").gt(9), "many").as("size")).collect();
export const size: string | null | undefined = row?.size;
