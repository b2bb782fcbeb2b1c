import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

F.sqrt(customers.col("name"));
