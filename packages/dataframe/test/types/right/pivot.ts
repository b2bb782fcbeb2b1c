import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .groupBy("customer")
  .pivot("status", ["open", "paid"])
  .agg(F.sum(orders.col("items")))
  .collect();
export const open: bigint | null | undefined = row?.open;
