import { Decimal } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.groupBy("status").sum("items", "total").collect();
export const items: bigint | null | undefined = row?.["sum(items)"];
export const total: Decimal | null | undefined = row?.["sum(total)"];
