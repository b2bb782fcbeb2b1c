import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

export const totals = flights
  .groupBy("origin", "dest")
  .agg(F.avg(flights.col("delay")).as("mean"))
  .select("origin", "dest", "mean");
