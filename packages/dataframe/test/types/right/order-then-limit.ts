import { orders } from "../tables.ts";

export const top = orders.sort(orders.col("total").desc()).limit(10).offset(2);
