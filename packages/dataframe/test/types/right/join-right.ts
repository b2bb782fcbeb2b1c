import { orders, customers } from "../tables.ts";

const [row] = await orders.join(customers, "customer", "right").collect();
export const id: bigint | null | undefined = row?.id;
export const country: string | undefined = row?.country;
