import { orders, customers } from "../tables.ts";

orders.crossJoin(customers).select("contry");
