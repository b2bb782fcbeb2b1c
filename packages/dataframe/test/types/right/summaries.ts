import { orders } from "../tables.ts";

export const shown = [orders.describe("total"), orders.summary("count", "50%")];
