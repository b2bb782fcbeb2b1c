import { customers } from "../tables.ts";

customers.col("name").isNaN();
