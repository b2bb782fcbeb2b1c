import { orders } from "../tables.ts";

orders.sort(1);
