import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.withColumns({ a: F.lit("x"), b: orders.col("id").plus(1) }).collect();
export const values: [string, bigint] | undefined = row && [row.a, row.b];
