// The program keeps its thread busy for two seconds while a job runs; the event log says when the tasks ended.
import { SparkContext } from "@vonk/core";

const [folder = ""] = process.argv.slice(2);
const sc = new SparkContext({ master: "local[2]", conf: { "spark.eventLog.enabled": true, "spark.eventLog.dir": folder } });
await sc.range(0, 10, 1, 4).count();
const job = sc
  .range(0, 40, 1, 40)
  .map((x) => {
    const endMs = Date.now() + 20;
    while (Date.now() < endMs);
    return x;
  })
  .count();
// The job is submitted in the turns of the event loop that follow.
await new Promise((resolve) => setTimeout(resolve, 20));
const startMs = Date.now();
while (Date.now() < startMs + 2000);
const endMs = Date.now();
console.log(JSON.stringify({ startMs, endMs, count: await job }));
await sc.stop();
