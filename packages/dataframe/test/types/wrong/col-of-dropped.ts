import { flights } from "../tables.ts";

flights.drop("delay").col("delay");
