import { orders } from "../tables.ts";

export const any = orders.selectExpr("id * 2 AS twice").select("twice");
