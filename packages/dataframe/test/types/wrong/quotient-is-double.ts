import { orders } from "../tables.ts";

const [row] = await orders.select(orders.col("id").divide(2).as("half")).collect();
export const half: bigint | undefined = row?.half;
