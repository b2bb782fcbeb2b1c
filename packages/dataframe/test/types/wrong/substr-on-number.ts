import { orders } from "../tables.ts";

orders.col("items").substr(1, 2);
