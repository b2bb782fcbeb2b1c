// Ends without stop(): the process must end all the same and leave no folder behind.
import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ master: "local[2]" });
const kept = sc
  .range(0, 100_000, 1, 4)
  .map((x) => x * 2)
  .cache();
console.log(
  await kept.count(),
  await kept
    .map((x): [number, number] => [x % 10, 1])
    .reduceByKey((a, b) => a + b)
    .count(),
);
