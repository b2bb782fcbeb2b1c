// A job of two empty tasks on a warm engine: milliseconds, the median of 1000.
import { SparkContext } from "@vonk/core";
import { median, report } from "./report.ts";

const sc = new SparkContext({ master: "local[2]", appName: "two-task-job" });
const rdd = sc.parallelize([1, 2], 2);
for (let i = 0; i < 200; i++) await rdd.count();
const samples: number[] = [];
for (let i = 0; i < 1000; i++) {
  const start = performance.now();
  await rdd.count();
  samples.push(performance.now() - start);
}
report(median(samples), await rdd.count());
await sc.stop();
