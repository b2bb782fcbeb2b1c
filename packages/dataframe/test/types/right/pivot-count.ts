import { orders } from "../tables.ts";

const [row] = await orders.groupBy("customer").pivot("status", ["open", "paid"]).count().collect();
export const paid: bigint | null | undefined = row?.paid;
