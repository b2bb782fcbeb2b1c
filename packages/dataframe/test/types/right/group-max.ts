import { orders } from "../tables.ts";

const [row] = await orders.groupBy("status").max("items").collect();
export const items: number | null | undefined = row?.["max(items)"];
