import { readings } from "../tables.ts";

readings.col("place").getField("citty");
