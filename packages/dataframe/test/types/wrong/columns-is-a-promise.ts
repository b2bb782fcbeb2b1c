import { orders } from "../tables.ts";

for (const name of orders.columns()) console.log(name);
