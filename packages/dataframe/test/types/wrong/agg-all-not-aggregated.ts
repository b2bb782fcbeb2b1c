import { orders } from "../tables.ts";

orders.agg(orders.col("total"));
