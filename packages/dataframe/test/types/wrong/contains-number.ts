import { customers } from "../tables.ts";

customers.col("name").contains(1);
