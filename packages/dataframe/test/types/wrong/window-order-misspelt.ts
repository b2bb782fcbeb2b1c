import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.withColumn("n", F.rank().over(Window.partitionBy("carrier").orderBy(F.desc("dela"))));
