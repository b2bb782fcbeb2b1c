import { products } from "../tables.ts";

products.col("price").multiply(products.col("name"));
