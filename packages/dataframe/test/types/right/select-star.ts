import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select("*", F.lit("EUR").as("currency")).collect();
export const currency: string | undefined = row?.currency;
