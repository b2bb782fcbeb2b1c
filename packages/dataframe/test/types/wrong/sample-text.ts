import { orders } from "../tables.ts";

orders.sample("10%");
