import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.groupBy("status").count().filter(F.col("cnt").gt(1));
