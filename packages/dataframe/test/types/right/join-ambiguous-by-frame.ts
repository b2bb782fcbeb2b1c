import { customers, products } from "../tables.ts";

const named = customers.join(products, customers.col("customer").equalTo(products.col("product")));
const [row] = await named.select(customers.col("name"), products.col("name").as("product_name")).collect();
export const names: [string, string] | undefined = row && [row.name, row.product_name];
