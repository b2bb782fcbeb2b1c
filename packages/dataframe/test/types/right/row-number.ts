import { orders } from "../tables.ts";

const [row] = await orders.collect();
export const twice: number = (row?.items ?? 0) * 2;
