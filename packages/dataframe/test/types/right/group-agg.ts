import { LocalDate, functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .groupBy("status")
  .agg(F.sum(orders.col("items")).as("n"), F.max(orders.col("day")).as("last"), F.count("*").as("c"))
  .collect();
export const n: bigint | null | undefined = row?.n;
export const last: LocalDate | null | undefined = row?.last;
export const c: bigint | undefined = row?.c;
