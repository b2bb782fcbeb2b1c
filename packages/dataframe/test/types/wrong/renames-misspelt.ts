import { orders } from "../tables.ts";

orders.withColumnsRenamed({ costumer: "buyer" });
