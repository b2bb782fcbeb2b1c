import { orders } from "../tables.ts";

orders.withColumnRenamed("costumer", "buyer");
