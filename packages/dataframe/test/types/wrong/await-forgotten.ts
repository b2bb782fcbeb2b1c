import { orders } from "../tables.ts";

orders.collect().map((row) => row.id);
