import { functions as F } from "@vonk/dataframe";
import { untyped } from "../tables.ts";

const [row] = await untyped
  .filter(untyped.col("a").gt(1).and(F.col("b").like("x%")))
  .groupBy("c")
  .agg(F.sum("d").as("e"))
  .orderBy("e")
  .collect();
export const e: number = row?.e;
