import { orders } from "../tables.ts";

orders.withColumnRenamed("total", "amount").select("total");
