import { orders } from "../tables.ts";

const [row] = await orders.select("id", "total").collect();
export const id: bigint | undefined = row?.id;
