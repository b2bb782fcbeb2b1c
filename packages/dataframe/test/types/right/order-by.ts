import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const sorted = orders.orderBy(F.desc("total"), "id", orders.col("day").asc_nulls_last());
