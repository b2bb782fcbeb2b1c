import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

export const others = customers.filter(F.not(customers.col("vip")));
