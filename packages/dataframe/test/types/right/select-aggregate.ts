import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const one = orders.select(F.max("day").as("last"), F.min(orders.col("day")).as("first"));
