import { orders } from "../tables.ts";

orders.groupBy("customer").pivot("status", ["open", "paid"]).count().select("customer", "closed");
