import { orders } from "../tables.ts";

orders.col("items").like("1%");
