import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

const [row] = await customers
  .select(
    F.upper("name").as("u"),
    F.length(customers.col("name")).as("n"),
    F.split("name", " ").as("parts"),
    F.concat_ws("-", "name", "country").as("c"),
  )
  .collect();
export const u: string | undefined = row?.u;
export const n: number | undefined = row?.n;
export const parts: readonly string[] | undefined = row?.parts;
