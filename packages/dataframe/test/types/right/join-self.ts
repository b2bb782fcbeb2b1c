import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

const earlier = flights.alias("earlier");
export const pairs = flights.join(earlier, flights.col("origin").equalTo(F.col("earlier.dest")));
