import type { DataFrame } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const byCountry = (frame: DataFrame<{ country: string }>) => frame.groupBy("country").count();
byCountry(orders);
