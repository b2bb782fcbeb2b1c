import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const [row] = await orders.select(F.col("items")).collect();
export const items: number | undefined = row?.items;
