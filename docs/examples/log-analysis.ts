// Reads a folder of logs, caches what several questions need, and writes a result. Run: node docs/examples/log-analysis.ts
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SparkContext, StorageLevels } from "@vonk/core";

const folder = await mkdtemp(join(tmpdir(), "logs-"));
for (const day of [1, 2]) {
  const lines = Array.from(
    { length: 1000 },
    (_, at) => `2026-01-0${day} ${at % 50 === 0 ? "ERROR" : "INFO"} host${at % 4} took ${at % 97} ms`,
  );
  await writeFile(join(folder, `day${day}.log`), lines.join("\n"));
}

await using sc = new SparkContext({ master: "local[2]", appName: "log analysis" });
const entries = sc
  .textFile(`${folder}/*.log`)
  .map((line) => /^(\S+) (\S+) (\S+) took (\d+) ms$/.exec(line))
  .flatMap((match) => (match === null ? [] : [{ day: match[1] ?? "", level: match[2] ?? "", host: match[3] ?? "", ms: Number(match[4]) }]))
  .persist(StorageLevels.MEMORY_AND_DISK);

console.log("entries", await entries.count());
console.log(
  "errors by day",
  await entries
    .filter((entry) => entry.level === "ERROR")
    .map((entry) => entry.day)
    .countByValue(),
);
const slowest = entries
  .map((entry): [string, number] => [entry.host, entry.ms])
  .aggregateByKey(
    { count: 0, sum: 0 },
    (a, ms) => ({ count: a.count + 1, sum: a.sum + ms }),
    (a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }),
  )
  .mapValues(({ count, sum }) => (sum / count).toFixed(1))
  .sortByKey();
await slowest.map(([host, ms]) => `${host} ${ms}`).saveAsTextFile(join(folder, "by-host"));
console.log("written", (await readdir(join(folder, "by-host"))).includes("_SUCCESS"));
console.log(await sc.textFile(join(folder, "by-host")).collect());
await rm(folder, { recursive: true });
