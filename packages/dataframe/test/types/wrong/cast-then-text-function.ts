import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

F.upper(customers.col("name").cast("int"));
