import { orders } from "../tables.ts";

orders.col("day").rlike("2020.*");
