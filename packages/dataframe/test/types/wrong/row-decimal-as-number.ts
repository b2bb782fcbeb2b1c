import { orders } from "../tables.ts";

const [row] = await orders.collect();
export const total: number = (row?.total ?? 0) * 2;
