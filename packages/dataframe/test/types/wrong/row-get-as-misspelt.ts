import { customers } from "../tables.ts";

const first = await customers.first();
first?.getAs("nam");
