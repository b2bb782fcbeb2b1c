import { orders } from "../tables.ts";

orders.createOrReplaceTempView("orders");
export const answer = orders.explain(true);
