import { orders } from "../tables.ts";

export const renamed = orders.withColumnsRenamed({ total: "amount", id: "order" }).select("amount", "order");
