import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

export const named = customers.withColumn("upper", F.upper("name")).select("upper");
