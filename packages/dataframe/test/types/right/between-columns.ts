import { orders } from "../tables.ts";

export const fine = orders.filter(orders.col("items").between(1, orders.col("id")));
