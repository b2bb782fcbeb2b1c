import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.rollup("status").agg(F.sum("total").as("sum")).collect();
export const status: string | null | undefined = row?.status;
