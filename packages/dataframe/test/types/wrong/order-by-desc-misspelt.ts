import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.orderBy(F.desc("totl"));
