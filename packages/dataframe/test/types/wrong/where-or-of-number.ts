import { flights } from "../tables.ts";

flights.where(flights.col("delay").gt(10).or(flights.col("distance")));
