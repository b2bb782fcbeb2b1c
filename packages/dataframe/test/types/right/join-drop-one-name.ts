import { customers, products } from "../tables.ts";

export const one = customers
  .join(products, customers.col("customer").equalTo(products.col("product")))
  .drop(products.col("name"))
  .select("name");
