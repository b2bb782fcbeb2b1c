import { orders, customers } from "../tables.ts";

const [row] = await orders.join(customers, "customer", "left").collect();
const country: string | undefined = row?.country;
export { country };
