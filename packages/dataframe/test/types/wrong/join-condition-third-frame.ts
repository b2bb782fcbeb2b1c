import { orders, customers, products } from "../tables.ts";

orders.join(customers, orders.col("customer").equalTo(products.col("product")));
