import { orders } from "../tables.ts";

const pick = (name: "id" | "items") => orders.select(name);
export const one = pick("id");
