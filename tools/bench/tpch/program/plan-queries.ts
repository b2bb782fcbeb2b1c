// Milliseconds from text to physical plan, warm: plan-queries.ts DATA QUERIES median|worst. Every query is planned 5 times; its median counts.
import { readdirSync } from "node:fs";
import { openTables, queryText } from "./open-tables.ts";

const [, , data = "", queries = "", which = "median"] = process.argv;
const spark = openTables("local[1]", data, {});
// Its UNRESOLVED_COLUMN is Spark's answer too.
const without = new Set(["q30"]);
const names = readdirSync(queries)
  .filter((file) => file.endsWith(".sql"))
  .map((file) => file.replace(".sql", ""))
  .filter((name) => !without.has(name));
const medians = new Map<string, number>();
for (let round = 0; round < 2; round++) {
  for (const name of names) {
    const text = queryText(queries, name);
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      const { physical } = await spark.executionOf((await spark.sql(text)).plan);
      times.push(performance.now() - start);
      if (physical === undefined) throw new Error(`${name} has no plan`);
    }
    medians.set(name, times.toSorted((a, b) => a - b)[2] ?? Number.NaN);
  }
}
await spark.stop();
const sorted = [...medians].toSorted(([, a], [, b]) => a - b);
const [name, value] = (which === "worst" ? sorted.at(-1) : sorted[Math.floor(sorted.length / 2)]) ?? ["", Number.NaN];
process.stdout.write(`RESULT ${JSON.stringify({ value, check: name })}\n`);
