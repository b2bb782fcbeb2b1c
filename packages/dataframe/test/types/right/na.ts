import { flights } from "../tables.ts";

const [row] = await flights.na.drop("any", "delay").collect();
export const delay: number | undefined = row?.delay;
