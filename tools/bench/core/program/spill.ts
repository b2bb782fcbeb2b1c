// Sorts and groups 2 GB of records with 512 MB of executor memory: right, and the peak RSS of the process in MB.
import { SparkContext } from "@vonk/core";
import { mix } from "./mixed-pairs.ts";
import { report } from "./report.ts";

const records = 20_000_000;
const padding = "x".repeat(88);
const sc = new SparkContext({ master: "local[2]", appName: "spill", conf: { "spark.executor.memory": "512m" } });
const pairs = sc.range(0, records, 1, 32).map((i) => [mix(i), padding + i] as const);

const ranges = await pairs
  .sortByKey(true, 32)
  .mapPartitions(function* (rows) {
    let first = Infinity;
    let last = -Infinity;
    let count = 0;
    let sorted = true;
    for (const [key] of rows) {
      if (count === 0) first = key;
      if (key < last) sorted = false;
      last = key;
      count++;
    }
    yield { first, last, count, sorted };
  })
  .collect();
let previous = -Infinity;
let total = 0;
for (const { first, last, count, sorted } of ranges) {
  if (count === 0) continue;
  if (!sorted || first <= previous) throw new Error("the sorted records are not in order");
  previous = last;
  total += count;
}
if (total !== records) throw new Error(`${total} records came out of the sort, expected ${records}`);

const grouped = await pairs
  .map(([key, value]) => [key & 0xfffff, value] as const)
  .groupByKey(32)
  .map(([, values]) => [...values].length)
  .sum();
if (grouped !== records) throw new Error(`${grouped} records came out of the groups, expected ${records}`);
report(process.resourceUsage().maxRSS / 1000, total);
await sc.stop();
