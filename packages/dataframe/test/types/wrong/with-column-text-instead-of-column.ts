import { orders } from "../tables.ts";

orders.withColumn("currency", "EUR");
