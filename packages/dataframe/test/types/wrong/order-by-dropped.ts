import { orders } from "../tables.ts";

orders.select("id").orderBy(orders.col("total"));
