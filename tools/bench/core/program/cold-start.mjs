// Word count of a small file as a user writes it: measured from process start to the printed result.
import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ master: "local[2]", appName: "cold-start" });
const counts = await sc
  .textFile(process.argv[2])
  .flatMap((line) => line.split(" "))
  .map((word) => [word, 1])
  .reduceByKey((a, b) => a + b)
  .collect();
process.stdout.write(`${counts.length} words\n`);
await sc.stop();
