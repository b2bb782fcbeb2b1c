import { orders } from "../tables.ts";

orders.drop("note").drop("note");
