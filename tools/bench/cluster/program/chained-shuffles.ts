// Five shuffles of a few KB one after the other, through JetStream alone: milliseconds in all, the median of 9 jobs.
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const { sc, close } = await clusterOfTwo({ "vonk.shuffle.store": "jetstream", "spark.executor.memory": "512m" });
const times: number[] = [];
let check = 0;
for (let run = 0; run < 12; run++) {
  const start = performance.now();
  let pairs = sc.parallelize(
    Array.from({ length: 400 }, (_, index) => [index % 50, index] as [number, number]),
    2,
  );
  for (let shuffle = 0; shuffle < 5; shuffle++) {
    pairs = pairs.reduceByKey((a, b) => a + b, 2).map(([key, sum]) => [(key * 7 + 1) % 50, sum] as [number, number]);
  }
  check = await pairs.values().sum();
  times.push(performance.now() - start);
}
report(times.slice(3).toSorted((a, b) => a - b)[4] ?? Number.NaN, check);
await close();
