import { orders } from "../tables.ts";

const [row] = await orders.withColumn("twice", orders.col("items").multiply(2)).collect();
export const values: [number, number] | undefined = row && [row.twice, row.items];
