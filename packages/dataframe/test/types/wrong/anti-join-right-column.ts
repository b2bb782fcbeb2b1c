import { orders, customers } from "../tables.ts";

orders.join(customers, "customer", "leftanti").filter(customers.col("vip"));
