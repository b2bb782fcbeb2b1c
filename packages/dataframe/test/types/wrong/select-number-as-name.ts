import { orders } from "../tables.ts";

orders.select(3);
