import { Decimal, Window, functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const soFar = Window.partitionBy("customer").orderBy("day").rowsBetween(Window.unboundedPreceding, Window.currentRow);
const [row] = await orders.select("id", F.sum(orders.col("total")).over(soFar).as("so_far")).collect();
export const sum: Decimal | null | undefined = row?.so_far;
