import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

F.map_keys(readings.col("tags"));
