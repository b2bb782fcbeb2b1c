import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const totals = orders.groupBy("status").agg(F.sum("total").as("sum"), F.avg("items").as("mean")).orderBy(F.desc("sum"));
