import { orders } from "../tables.ts";

orders.groupBy("status").agg(orders.col("customer"));
