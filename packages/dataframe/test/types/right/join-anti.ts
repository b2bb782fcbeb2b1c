import { orders, customers } from "../tables.ts";

export const unknown = orders.join(customers, "customer", "anti").select("id");
