import { orders } from "../tables.ts";

export const all = orders.unionByName(orders.select("note", "items", "total", "status", "day", "customer", "id"));
