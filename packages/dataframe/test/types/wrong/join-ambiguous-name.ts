import { orders, customers, products } from "../tables.ts";

orders
  .join(products, orders.col("id").equalTo(products.col("product")))
  .join(customers, "customer")
  .select("name");
