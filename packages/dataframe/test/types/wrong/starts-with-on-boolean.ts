import { customers } from "../tables.ts";

customers.col("vip").startsWith("t");
