import { readings } from "../tables.ts";

readings.col("place").getField("lat").like("5%");
