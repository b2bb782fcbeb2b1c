import { flights } from "../tables.ts";

const [row] = await flights.select(flights.col("delay").plus(1).as("d"), flights.col("delay").gt(1).as("late")).collect();
export const d: number | null | undefined = row?.d;
export const late: boolean | null | undefined = row?.late;
