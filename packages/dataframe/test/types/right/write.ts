import { orders } from "../tables.ts";

await orders.write.mode("overwrite").partitionBy("status").option("compression", "zstd").parquet("out");
