import { orders } from "../tables.ts";

orders.col("items").plus("1");
