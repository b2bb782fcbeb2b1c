import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

export const share = flights.groupBy("carrier").agg(F.sum("delay").divide(F.count("*")).as("mean"));
