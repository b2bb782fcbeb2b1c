import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

const [row] = await flights.select(F.coalesce(flights.col("delay"), F.lit(0)).as("d"), F.isnull("delay").as("none")).collect();
export const d: number | undefined = row?.d;
