import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

readings.select(F.explode(readings.col("sensor")).as("tag"));
