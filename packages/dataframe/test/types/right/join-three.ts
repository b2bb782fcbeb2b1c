import { orders, customers, products } from "../tables.ts";

export const all = orders
  .join(customers, "customer")
  .join(products, orders.col("id").equalTo(products.col("product")), "left")
  .select("id", "country", "price");
