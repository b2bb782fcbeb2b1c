import { orders } from "../tables.ts";

export const sums = orders.groupBy("status").agg({ total: "sum", items: "max" }).select("status", "sum(total)", "max(items)");
