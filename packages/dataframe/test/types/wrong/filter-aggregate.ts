import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.filter(F.sum(orders.col("total")).gt(100));
