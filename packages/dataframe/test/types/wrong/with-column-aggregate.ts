import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.withColumn("sum", F.sum("total"));
