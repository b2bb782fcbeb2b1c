import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

export const shown = readings.select(
  F.round("value", 2).as("r"),
  F.sqrt(readings.col("value")).as("s"),
  F.greatest(readings.col("value"), F.lit(0)).as("g"),
);
