import { flights } from "../tables.ts";

export const filled = flights.na.fill(0, "delay").fillna("?", "carrier").select("delay");
