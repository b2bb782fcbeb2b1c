import { flights } from "../tables.ts";

flights.col("delay").and(true);
