import { orders } from "../tables.ts";

const [row] = await orders.select(orders.col("items")).collect();
export const items: number | undefined = row?.items;
