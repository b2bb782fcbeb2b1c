import { Decimal, types } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select(orders.col("id").cast(types.decimal(20, 0)).as("d")).collect();
export const d: Decimal | undefined = row?.d;
