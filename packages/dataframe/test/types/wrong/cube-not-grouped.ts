import { orders } from "../tables.ts";

orders.cube("status").agg(orders.col("day"));
