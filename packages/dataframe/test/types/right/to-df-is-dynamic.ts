import { orders } from "../tables.ts";

export const renamed = orders.select("id", "status").toDF("a", "b").select("a");
