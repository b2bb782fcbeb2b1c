import { orders, customers } from "../tables.ts";

orders.unionByName(customers);
