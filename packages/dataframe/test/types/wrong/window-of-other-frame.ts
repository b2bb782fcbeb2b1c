import { Window, functions as F } from "@vonk/dataframe";
import { orders, flights } from "../tables.ts";

orders.withColumn("n", F.row_number().over(Window.partitionBy(flights.col("carrier"))));
