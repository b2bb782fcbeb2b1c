import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

F.array_contains(readings.col("sensor"), "x");
