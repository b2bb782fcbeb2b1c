import { orders } from "../tables.ts";

orders.select("items").subtract(orders.select(orders.col("items").cast("string").as("items")));
