import { LocalDate } from "@vonk/dataframe";
import { customers } from "../tables.ts";

const first = await customers.first();
export const born: LocalDate = first!.born;
