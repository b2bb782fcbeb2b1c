import { orders, customers } from "../tables.ts";

customers.col("name").endsWith(orders.col("items"));
