import { functions as F } from "@vonk/dataframe";
import { orders, customers } from "../tables.ts";

F.date_add(orders.col("day"), customers.col("name"));
