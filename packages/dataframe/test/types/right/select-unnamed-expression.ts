import { orders } from "../tables.ts";

export const rows = await orders.select(orders.col("items").plus(1), "id").collect();
export const id: bigint | undefined = rows[0]?.id;
