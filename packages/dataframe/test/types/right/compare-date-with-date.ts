import { LocalDate } from "@vonk/dataframe";
import { orders } from "../tables.ts";

export const recent = orders.filter(orders.col("day").geq(LocalDate.of("2020-01-01")));
