import { orders } from "../tables.ts";

const [row] = await orders.collect();
export const values = [row?.get(0), row?.[1], row?.length, row?.toSeq()];
