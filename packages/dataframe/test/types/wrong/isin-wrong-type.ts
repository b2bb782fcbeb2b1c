import { orders } from "../tables.ts";

orders.col("items").isin("1", "2");
