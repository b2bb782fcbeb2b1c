import { orders } from "../tables.ts";

orders.groupBy("status").agg({ totel: "sum" });
