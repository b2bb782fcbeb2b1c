import { flights } from "../tables.ts";

const [row] = await flights.where(flights.col("delay").isNotNull()).collect();
export const delay: number | null | undefined = row?.delay;
