import { orders } from "../tables.ts";

export const same = orders.filter(orders.col("total").gt(orders.col("items")).and(orders.col("id").lt(100)));
