import { orders } from "../tables.ts";

export const fewer = orders.drop("note", "day").select("id", "items");
