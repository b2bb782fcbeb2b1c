import { orders } from "../tables.ts";

export const n: number = orders.count();
