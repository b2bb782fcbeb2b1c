import { orders } from "../tables.ts";

orders.select("ID");
