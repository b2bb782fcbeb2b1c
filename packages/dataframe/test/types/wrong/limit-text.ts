import { orders } from "../tables.ts";

orders.limit("10");
