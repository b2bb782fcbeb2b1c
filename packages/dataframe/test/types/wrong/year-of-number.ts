import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

F.year(orders.col("items"));
