import { LocalDate, functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders
  .select(
    F.year("day").as("y"),
    F.date_add("day", 7).as("week"),
    F.datediff(F.current_date(), orders.col("day")).as("age"),
    F.date_format("day", "yyyy-MM").as("m"),
  )
  .collect();
export const week: LocalDate | undefined = row?.week;
export const y: number | undefined = row?.y;
