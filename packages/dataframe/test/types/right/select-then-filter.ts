import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const few = orders.select("id", "status").filter(F.col("status").equalTo("open"));
