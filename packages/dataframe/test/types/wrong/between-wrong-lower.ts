import { orders } from "../tables.ts";

orders.col("items").between("1", 3);
