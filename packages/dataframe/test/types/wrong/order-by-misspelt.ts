import { orders } from "../tables.ts";

orders.orderBy("totl");
