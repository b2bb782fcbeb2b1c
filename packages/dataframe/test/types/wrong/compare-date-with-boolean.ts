import { orders } from "../tables.ts";

orders.col("day").geq(true);
