import { orders } from "../tables.ts";

export const fewer = orders.drop(orders.col("note")).select("id");
