import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

F.when(orders.col("items").gt(1), 1).when(orders.col("items").gt(9), "lots");
