import { orders } from "../tables.ts";

orders.groupBy("status").agg({ total: 1 });
