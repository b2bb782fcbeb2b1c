import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const shown = orders.groupBy("status").agg(F.concat_ws(": ", F.upper(orders.col("status")), F.count("*").cast("string")).as("text"));
