import { Decimal, functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .select(
    F.lit(1).as("i"),
    F.lit(1n).as("l"),
    F.lit(1.5).as("d"),
    F.lit("x").as("s"),
    F.lit(null).as("n"),
    F.lit(Decimal.of("1.5")).as("e"),
  )
  .collect();
export const l: bigint | undefined = row?.l;
