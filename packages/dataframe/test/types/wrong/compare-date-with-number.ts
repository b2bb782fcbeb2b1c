import { orders } from "../tables.ts";

orders.col("day").lt(2020);
