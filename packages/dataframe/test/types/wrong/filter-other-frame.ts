import { orders, customers } from "../tables.ts";

orders.filter(customers.col("vip"));
