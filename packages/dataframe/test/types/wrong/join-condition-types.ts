import { orders, customers } from "../tables.ts";

orders.join(customers, orders.col("customer").equalTo(customers.col("name")));
