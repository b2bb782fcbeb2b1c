import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.select(F.col("custmer"));
