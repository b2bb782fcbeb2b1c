import { orders } from "../tables.ts";

orders.groupBy("status").avg("day");
