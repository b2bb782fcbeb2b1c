import { customers } from "../tables.ts";

customers.col("name").substr("1", 2);
