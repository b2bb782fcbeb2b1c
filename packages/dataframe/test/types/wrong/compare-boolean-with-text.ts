import { customers } from "../tables.ts";

customers.col("vip").equalTo("true");
