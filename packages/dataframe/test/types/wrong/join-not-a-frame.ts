import { orders } from "../tables.ts";

orders.join("customers", "customer");
