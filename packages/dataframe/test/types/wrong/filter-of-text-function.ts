import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

customers.filter(F.upper("name"));
