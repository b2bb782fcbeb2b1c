import { flights } from "../tables.ts";

await flights.foreach((row) => row.carrier.toFixed(2));
