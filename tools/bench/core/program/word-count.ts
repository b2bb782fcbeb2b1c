// Word count over 200 MB of text: seconds.
import { SparkContext } from "@vonk/core";
import { dataArgument, report, timed } from "./report.ts";

const path = `${dataArgument()}/words.txt`;
const sc = new SparkContext({ master: "local[2]", appName: "word-count", conf: { "spark.executor.memory": "8g" } });
const { seconds, result } = await timed(3, () =>
  sc
    .textFile(path)
    .flatMap((line) => line.split(" "))
    .map((word) => [word, 1] as const)
    .reduceByKey((a, b) => a + b)
    .count(),
);
report(seconds, result);
await sc.stop();
