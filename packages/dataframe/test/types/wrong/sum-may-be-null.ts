import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .groupBy("status")
  .agg(F.sum(orders.col("items")).as("n"))
  .collect();
export const n: bigint | undefined = row?.n;
