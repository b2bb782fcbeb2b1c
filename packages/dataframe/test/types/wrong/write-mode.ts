import { orders } from "../tables.ts";

await orders.write.mode("replace").parquet("out");
