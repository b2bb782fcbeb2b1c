import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

F.sum(flights.col("carrier")).over(Window.partitionBy("origin"));
