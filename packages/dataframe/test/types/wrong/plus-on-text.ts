import { customers } from "../tables.ts";

customers.col("name").plus("x");
