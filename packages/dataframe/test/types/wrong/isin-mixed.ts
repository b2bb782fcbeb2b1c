import { customers } from "../tables.ts";

customers.col("country").isin("NL", 31);
