import { orders } from "../tables.ts";

orders.groupBy("status").count().select("customer");
