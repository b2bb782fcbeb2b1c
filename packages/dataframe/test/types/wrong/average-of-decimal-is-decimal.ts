import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.agg(F.avg(orders.col("total")).as("a")).collect();
export const a: number | null | undefined = row?.a;
