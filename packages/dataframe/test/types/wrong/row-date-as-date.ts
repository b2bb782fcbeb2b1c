import { orders } from "../tables.ts";

const [row] = await orders.collect();
export const day: Date | undefined = row?.day;
