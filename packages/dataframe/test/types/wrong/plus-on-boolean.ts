import { customers } from "../tables.ts";

customers.col("vip").plus(1);
