import { customers } from "../tables.ts";

customers.col("name").like(1);
