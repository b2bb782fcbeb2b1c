import { Decimal } from "@vonk/dataframe";
import { orders, products } from "../tables.ts";

const joined = orders.join(
  products,
  orders
    .col("id")
    .equalTo(products.col("product"))
    .and(products.col("price").gt(orders.col("total"))),
);
const [row] = await joined.collect();
export const price: Decimal | undefined = row?.price;
