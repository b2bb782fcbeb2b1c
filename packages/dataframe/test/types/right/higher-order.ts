import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

export const shouted = readings.select(
  F.transform("tags", (tag) => F.upper(tag)).as("loud"),
  F.exists("tags", (tag) => tag.equalTo("hot")).as("hot"),
);
