import { orders } from "../tables.ts";

const [row] = await orders.select(orders.col("items").cast("bigint").as("n"), orders.col("total").cast("double").as("d")).collect();
export const n: bigint | undefined = row?.n;
export const d: number | undefined = row?.d;
