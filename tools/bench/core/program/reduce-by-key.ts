// reduceByKey of 5 M cached pairs to 65,536 keys: seconds.
import { SparkContext } from "@vonk/core";
import { mixedPairs } from "./mixed-pairs.ts";
import { report, timed } from "./report.ts";

const sc = new SparkContext({ master: "local[2]", appName: "reduce-by-key", conf: { "spark.executor.memory": "8g" } });
const pairs = mixedPairs(sc, 5_000_000).cache();
await pairs.count();
const { seconds, result } = await timed(3, () =>
  pairs
    .map(([key]) => [key & 0xffff, 1] as const)
    .reduceByKey((a, b) => a + b, 2)
    .count(),
);
report(seconds, result);
await sc.stop();
