import { orders, customers } from "../tables.ts";

orders.withColumn("country", customers.col("country"));
