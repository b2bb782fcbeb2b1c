import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

F.sum(customers.col("name"));
