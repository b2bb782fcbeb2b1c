import { customers } from "../tables.ts";

const [row] = await customers.collect();
export const id: number | undefined = row?.customer;
