import { orders } from "../tables.ts";

export const all = orders.union(orders).unionAll(orders).select("id");
