import { customers } from "../tables.ts";

export const some = customers.filter(
  customers
    .col("name")
    .like("A%")
    .or(customers.col("name").startsWith("B"))
    .or(customers.col("name").contains(customers.col("country"))),
);
