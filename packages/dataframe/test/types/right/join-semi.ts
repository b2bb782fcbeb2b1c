import { orders, customers } from "../tables.ts";

export const known = orders.join(customers, "customer", "left_semi").select("id", "total");
