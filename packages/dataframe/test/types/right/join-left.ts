import { orders, customers } from "../tables.ts";

const [row] = await orders.join(customers, "customer", "left").collect();
export const country: string | null | undefined = row?.country;
export const id: bigint | undefined = row?.id;
