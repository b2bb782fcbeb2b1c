// The 22 queries, one after the other: run-queries.ts '{"master", "data", "queries", "source", "runs", "settings"}'.
// One warm-up and `runs` timed runs each. RESULT has the time of all, each query's median and rows, and the largest resident size of the process.
import type { SparkSession } from "@vonk/sql";
import type { PlainValue, QueryResult } from "../query-results.ts";
import type { QueryRun } from "../run-queries.ts";
import { openTables, queryText, tableNames } from "./open-tables.ts";

const { master, data, queries, source, runs, settings } = JSON.parse(process.argv[2] ?? "{}") as QueryRun;

/** As JSON has it: what is neither a number nor a truth value is text. */
function plain(value: unknown): PlainValue {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  return (value as { toString(): string }).toString();
}

async function measure(spark: SparkSession, name: string): Promise<QueryResult> {
  const text = queryText(queries, name);
  const times: number[] = [];
  let rows: PlainValue[][] = [];
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const collected = await (await spark.sql(text)).collect();
    times.push(performance.now() - start);
    rows = collected.map((row) => row.toSeq().map(plain));
  }
  const timed = times.slice(1).toSorted((a, b) => a - b);
  return { ms: timed[Math.floor(timed.length / 2)] ?? times[0] ?? Number.NaN, rows };
}

const spark = openTables(master, data, settings);
if (source === "cached") for (const table of tableNames(data)) await spark.sql(`cache table ${table}`);
const results: Record<string, QueryResult> = {};
for (const number of (process.env.QS ?? "").split(" ").map(Number)) {
  const name = `q${number}`;
  results[name] = await measure(spark, name);
  process.stdout.write(`    ${name} ${results[name].ms.toFixed(0)} ms\n`);
}
await spark.stop();
process.stdout.write(`RESULT ${JSON.stringify({ results, residentMB: process.resourceUsage().maxRSS / 1000 })}\n`);
