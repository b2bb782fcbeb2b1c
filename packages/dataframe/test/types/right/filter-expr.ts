import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

export const some = flights.filter(F.expr("delay > 15"));
