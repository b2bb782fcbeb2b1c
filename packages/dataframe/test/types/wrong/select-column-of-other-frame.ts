import { orders, customers } from "../tables.ts";

orders.select(customers.col("country"));
