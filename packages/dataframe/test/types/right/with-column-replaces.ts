import { orders } from "../tables.ts";

const [row] = await orders.withColumn("items", orders.col("items").cast("string")).collect();
export const items: string | undefined = row?.items;
