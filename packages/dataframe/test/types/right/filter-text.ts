import { orders } from "../tables.ts";

export const open = orders.filter("status = 'open'");
