import { orders } from "../tables.ts";

orders.groupBy("customer").pivot("stats", ["open"]);
