import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.withColumn("before", F.lag(flights.col("delay"), 1));
