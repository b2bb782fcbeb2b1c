import { orders } from "../tables.ts";

export const years = orders.groupBy("status").pivot("items", [1, 2]).sum("total").select("1", "2");
