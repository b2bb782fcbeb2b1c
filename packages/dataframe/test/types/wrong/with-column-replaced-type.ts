import { orders } from "../tables.ts";

orders.withColumn("items", orders.col("items").cast("string")).groupBy("status").sum("items");
