import { orders } from "../tables.ts";

export const renamed = orders.withColumnRenamed("total", "amount").select("amount", "id");
