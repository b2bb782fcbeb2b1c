import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

const [row] = await flights
  .withColumn("before", F.lag(flights.col("distance"), 1).over(Window.partitionBy("carrier").orderBy("departed")))
  .collect();
export const before: number | null | undefined = row?.before;
