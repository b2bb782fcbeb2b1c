import { orders } from "../tables.ts";

orders.rollup("status", "dya");
