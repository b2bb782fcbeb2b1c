import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.agg(F.count("*").as("n"), F.countDistinct("customer", "status").as("d")).collect();
export const values: [bigint, bigint] | undefined = row && [row.n, row.d];
