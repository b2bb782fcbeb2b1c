import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

export const ranked = flights.select(
  "carrier",
  F.ntile(4)
    .over(Window.orderBy(flights.col("distance").desc()))
    .as("quarter"),
);
