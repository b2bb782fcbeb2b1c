import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

F.upper(orders.col("items").plus(1));
