import { orders } from "../tables.ts";

orders.col("day").divide(2);
