import { orders } from "../tables.ts";

const [row] = await orders.groupBy("status").count().collect();
export const values: [string, bigint] | undefined = row && [row.status, row.count];
