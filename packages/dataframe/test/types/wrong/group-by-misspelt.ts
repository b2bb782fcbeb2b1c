import { orders } from "../tables.ts";

orders.groupBy("stats");
