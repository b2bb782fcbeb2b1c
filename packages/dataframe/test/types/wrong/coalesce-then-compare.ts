import { functions as F } from "@vonk/dataframe";
import { readings } from "../tables.ts";

F.coalesce(readings.col("value"), F.lit(0)).equalTo("none");
