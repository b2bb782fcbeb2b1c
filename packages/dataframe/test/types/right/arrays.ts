import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

const [row] = await readings
  .select(readings.col("tags").getItem(0).as("first"), F.size("tags").as("n"), F.array_contains("tags", "hot").as("hot"))
  .collect();
export const first: string | null | undefined = row?.first;
