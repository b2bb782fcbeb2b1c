import { orders } from "../tables.ts";

orders.col("items").cast("strng");
