import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.groupBy("status").agg(F.count("*").as("n")).filter(F.count("*").gt("1"));
