import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

export const tags = readings.select(F.posexplode("tags").as("at", "tag")).select("at", "tag");
