import { Decimal } from "@vonk/dataframe";
import { orders, customers } from "../tables.ts";

const [row] = await orders.join(customers, "customer").collect();
export const values: [bigint, string, Decimal] | undefined = row && [row.customer, row.country, row.total];
