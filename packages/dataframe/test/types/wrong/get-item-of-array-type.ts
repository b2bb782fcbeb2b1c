import { readings } from "../tables.ts";

readings.col("tags").getItem(0).plus(1);
