import { customers } from "../tables.ts";

const first = await customers.first();
export const name: string = first.name;
