import { flights } from "../tables.ts";

export const late = flights.filter(
  flights.col("delay").gt(15).and(flights.col("carrier").isin("KL", "AF")).or(flights.col("delay").isNull()),
);
