import { orders } from "../tables.ts";

export const rest = orders.subtract(orders.filter("items > 1")).intersect(orders).exceptAll(orders);
