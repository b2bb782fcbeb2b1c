import { orders } from "../tables.ts";

orders.withColumnsRenamed({ customer: 3 });
