import { orders, customers } from "../tables.ts";

orders.join(customers, "customer", "left_semi").select("country");
