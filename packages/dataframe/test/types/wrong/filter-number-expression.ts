import { flights } from "../tables.ts";

flights.filter(flights.col("distance").multiply(2));
