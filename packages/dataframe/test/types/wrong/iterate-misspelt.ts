import { flights } from "../tables.ts";

for await (const row of flights.toLocalIterator()) console.log(row.carrierr);
