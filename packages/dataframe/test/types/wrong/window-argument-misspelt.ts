import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.withColumn("before", F.lag("dilay", 1).over(Window.partitionBy("carrier").orderBy("departed")));
