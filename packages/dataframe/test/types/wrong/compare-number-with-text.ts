import { orders } from "../tables.ts";

orders.col("items").equalTo("three");
