import { readFileSync } from "node:fs";
import { join } from "node:path";
import { integerType, stringType, structField, structType } from "@vonk/columnar/internal";
import type { SparkContext } from "@vonk/core";
import { type DataFrame, SparkSession } from "@vonk/sql";
import { parseCSVLine } from "./csv.ts";

/** What the demo asks in SQL: three million flights from a Parquet file, with the states of their airports. */
export const queryTitle = "Busiest states, in SQL over flights-3m.parquet";

/** The query: flights are summed up by airport in the scan, airports join what is left. */
export const queryText = `
WITH by_airport AS (
  SELECT origin, count(*) AS flights, sum(delay) AS minutes, max(distance) AS farthest
  FROM flights
  WHERE distance > 0
  GROUP BY origin
)
SELECT state, sum(flights) AS flights, CAST(sum(minutes) / sum(flights) AS DECIMAL(6, 2)) AS mean_delay, max(farthest) AS farthest_miles
FROM by_airport JOIN airports ON origin = iata
GROUP BY state
ORDER BY flights DESC
LIMIT 10`;

const airportColumns = structType([structField("iata", stringType), structField("state", stringType), structField("line", integerType)]);

/** The query over a folder of data, as a DataFrame. */
export async function statesQuery(sc: SparkContext, folder: string): Promise<DataFrame> {
  const spark = new SparkSession(sc);
  const lines = readFileSync(join(folder, "airports.csv"), "utf8").trimEnd().split(/\r?\n/).slice(1);
  const airports = lines.map(parseCSVLine).map((fields, line) => [fields[0] ?? null, fields[3] ?? null, line]);
  spark.createRows(airportColumns, airports).createOrReplaceTempView("airports");
  spark.read.parquet(join(folder, "flights-3m.parquet")).createOrReplaceTempView("flights");
  return spark.sql(queryText);
}
