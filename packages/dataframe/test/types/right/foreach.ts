import { customers } from "../tables.ts";

await customers.foreach((row) => row.name.length);
