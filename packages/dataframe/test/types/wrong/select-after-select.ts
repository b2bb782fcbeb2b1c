import { orders } from "../tables.ts";

orders.select("id", "total").select("status");
