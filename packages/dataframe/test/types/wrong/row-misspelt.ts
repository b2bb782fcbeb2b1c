import { customers } from "../tables.ts";

const [row] = await customers.collect();
export const name: string | undefined = row?.nmae;
