import { flights } from "../tables.ts";

flights.filter(flights.col("delay"));
