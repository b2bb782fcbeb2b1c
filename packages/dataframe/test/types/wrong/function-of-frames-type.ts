import type { DataFrame } from "@vonk/dataframe";
import { flights } from "../tables.ts";

const long = (frame: DataFrame<{ distance: bigint }>) => frame.filter(frame.col("distance").gt(1n));
long(flights);
