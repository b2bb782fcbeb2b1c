import { orders } from "../tables.ts";

export const unique = orders.select("status").distinct().dropDuplicates("status");
