import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

F.sqrt(F.explode(readings.col("tags")));
