import { orders, untyped } from "../tables.ts";

export const any = orders.join(untyped, "id").select("whatever");
