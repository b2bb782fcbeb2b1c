import { customers } from "../tables.ts";

customers.col("name").between("a", 3);
