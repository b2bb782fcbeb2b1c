import { orders } from "../tables.ts";

orders.col("day").minus(orders.col("day"));
