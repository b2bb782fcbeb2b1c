import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.groupBy("status").agg(F.upper("note").as("n"));
