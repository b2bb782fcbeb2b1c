import { customers } from "../tables.ts";

customers.col("name").bitwiseAND(1);
