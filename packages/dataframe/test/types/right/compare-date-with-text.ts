import { orders } from "../tables.ts";

export const recent = orders.filter(orders.col("day").geq("2020-01-01"));
