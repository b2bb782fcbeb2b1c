import { flights } from "../tables.ts";

export const none = flights.filter(flights.col("delay").eqNullSafe(null));
