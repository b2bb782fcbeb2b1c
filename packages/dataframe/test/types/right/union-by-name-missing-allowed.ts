import { orders, customers } from "../tables.ts";

const [row] = await orders.unionByName(customers, true).collect();
export const country: string | null | undefined = row?.country;
