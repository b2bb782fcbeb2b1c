import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.withColumn("n", F.row_number().over(Window.partitionBy("cariier").orderBy("departed")));
