import { orders, customers } from "../tables.ts";

orders.join(customers, orders.col("items").plus(1));
