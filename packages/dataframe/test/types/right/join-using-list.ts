import { orders, customers } from "../tables.ts";

export const both = orders.join(customers, ["customer"]).select("customer", "name");
