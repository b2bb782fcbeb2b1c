import { orders } from "../tables.ts";

orders.dropDuplicates(orders.col("customer"));
