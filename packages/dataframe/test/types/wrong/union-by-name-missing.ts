import { orders } from "../tables.ts";

orders.unionByName(orders.drop("note"));
