import { orders } from "../tables.ts";

orders.drop("notes");
