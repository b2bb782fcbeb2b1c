import { customers } from "../tables.ts";

customers.col("country").equalTo(31);
