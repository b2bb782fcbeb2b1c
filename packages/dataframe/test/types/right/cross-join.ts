import { customers, products } from "../tables.ts";

export const grid = customers.select("country").crossJoin(products.select("product")).select("country", "product");
