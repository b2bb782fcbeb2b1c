import { orders, customers } from "../tables.ts";

orders.col("items").plus(customers.col("vip"));
