import { functions as F } from "@vonk/dataframe";
import { customers } from "../tables.ts";

customers.select(F.upper("nmae").as("n"));
