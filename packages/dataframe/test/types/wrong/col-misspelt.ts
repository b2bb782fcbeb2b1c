import { flights } from "../tables.ts";

flights.col("dely");
