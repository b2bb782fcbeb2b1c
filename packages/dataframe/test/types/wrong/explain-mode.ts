import { orders } from "../tables.ts";

await orders.explain("verbose");
