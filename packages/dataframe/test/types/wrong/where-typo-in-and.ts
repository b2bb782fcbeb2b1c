import { functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

flights.where(flights.col("delay").gt(10).and(F.col("orign").equalTo("AMS")));
