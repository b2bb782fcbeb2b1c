import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.filter(F.lower("status"));
