import { orders } from "../tables.ts";

orders.filter(orders.col("status").equalTo(orders.col("items")));
