import { orders } from "../tables.ts";

orders.dropDuplicates("costumer");
