import { orders } from "../tables.ts";

orders.col("items").cast(64);
