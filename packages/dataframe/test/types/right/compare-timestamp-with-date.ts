import { flights } from "../tables.ts";

export const recent = flights.filter(flights.col("departed").geq(new Date(0)));
