import { functions as F } from "@vonk/dataframe";
import { customers, readings } from "../tables.ts";

F.round(readings.col("value"), customers.col("name"));
