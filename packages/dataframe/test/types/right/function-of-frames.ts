import type { DataFrame } from "@vonk/dataframe";
import { customers } from "../tables.ts";

const byCountry = (frame: DataFrame<{ country: string }>) => frame.groupBy("country").count();
export const counts = byCountry(customers).select("country", "count");
