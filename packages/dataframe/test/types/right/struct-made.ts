import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

const [row] = await customers.select(F.struct("name", customers.col("country")).as("who"), F.array("name").as("names")).collect();
export const country: string | undefined = row?.who.country;
