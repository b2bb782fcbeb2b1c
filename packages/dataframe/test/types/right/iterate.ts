import { customers } from "../tables.ts";

const names: string[] = [];
for await (const row of customers.toLocalIterator()) names.push(row.name);
export { names };
