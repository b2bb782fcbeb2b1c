import { orders } from "../tables.ts";

orders.groupBy("customer").pivot("status", ["open"]).agg(orders.col("items"));
