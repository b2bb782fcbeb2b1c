import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.filter(F.col("carier").equalTo("KL"));
