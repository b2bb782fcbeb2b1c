// distinct of 20 M integers, all different: seconds.
import { SparkContext } from "@vonk/core";
import { mix } from "./mixed-pairs.ts";
import { report, timed } from "./report.ts";

const sc = new SparkContext({ master: "local[2]", appName: "distinct", conf: { "spark.executor.memory": "8g" } });
const { seconds, result } = await timed(3, () =>
  sc
    .range(0, 20_000_000, 1, 2)
    .map((i) => mix(i))
    .distinct(2)
    .count(),
);
report(seconds, result);
await sc.stop();
