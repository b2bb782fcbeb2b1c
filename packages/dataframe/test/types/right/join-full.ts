import { orders, customers } from "../tables.ts";

const [row] = await orders.join(customers, "customer", "full_outer").collect();
export const id: bigint | null | undefined = row?.id;
