import { orders, customers } from "../tables.ts";

orders.join(customers, "costumer");
