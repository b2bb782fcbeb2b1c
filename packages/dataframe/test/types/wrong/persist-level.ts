import { orders } from "../tables.ts";

orders.persist("MEMORY");
