import { Decimal } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select(orders.col("items").divide(2).as("a"), orders.col("total").divide(3).as("b")).collect();
export const values: [number, Decimal] | undefined = row && [row.a, row.b];
