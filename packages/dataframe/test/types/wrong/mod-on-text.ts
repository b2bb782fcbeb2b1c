import { flights } from "../tables.ts";

flights.col("carrier").mod(2);
