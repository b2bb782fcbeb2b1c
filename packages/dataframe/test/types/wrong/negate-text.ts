import { flights } from "../tables.ts";

flights.col("carrier").negate();
