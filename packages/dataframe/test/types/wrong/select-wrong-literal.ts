import { orders } from "../tables.ts";

orders.select("id", true);
