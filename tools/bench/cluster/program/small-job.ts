// What `submit` submits: a word count over a few lines.
import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ appName: "small job" });
const words = await sc
  .parallelize(["a b a", "b c", "a"], 2)
  .flatMap((line) => line.split(" "))
  .map((word) => [word, 1] as [string, number])
  .reduceByKey((a, b) => a + b, 2)
  .collectAsMap();
process.stdout.write(`${words.get("a")}\n`);
await sc.stop();
