import { readings } from "../tables.ts";

readings.col("tags").notEqual("x");
