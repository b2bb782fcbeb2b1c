import { orders, customers } from "../tables.ts";

orders.intersect(customers.select("customer"));
