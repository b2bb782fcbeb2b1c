import { Decimal } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .select(
    orders.col("items").plus(1).as("int"),
    orders.col("items").plus(1n).as("long"),
    orders.col("items").plus(0.5).as("double"),
    orders.col("total").multiply(2).as("decimal"),
  )
  .collect();
export const values: [number, bigint, number, Decimal] | undefined = row && [row.int, row.long, row.double, row.decimal];
