import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const cells = orders.cube("status", "customer").count().filter(F.col("status").isNull());
