import { readings } from "../tables.ts";

const [row] = await readings
  .select(readings.col("place").getField("city").as("city"), readings.col("place").getField("lat").plus(1).as("lat"))
  .collect();
export const city: string | undefined = row?.city;
