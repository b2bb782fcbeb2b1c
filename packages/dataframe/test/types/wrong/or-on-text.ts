import { flights } from "../tables.ts";

flights.col("origin").or(flights.col("dest"));
