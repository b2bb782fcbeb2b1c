import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

const [row] = await readings.select("sensor", F.explode(readings.col("tags")).as("tag")).collect();
export const tag: string | null | undefined = row?.tag;
