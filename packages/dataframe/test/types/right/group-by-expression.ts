import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const byYear = orders.groupBy(F.year("day").as("year")).agg(F.sum("total").as("sum")).filter(F.col("year").gt(2000));
