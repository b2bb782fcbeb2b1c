import { customers } from "../tables.ts";

customers.groupBy("country").sum("name");
