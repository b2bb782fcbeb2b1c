import { SparkContext } from "@vonk/core";

const sc = new SparkContext();
const words = sc.parallelize(["a b", "b c b"], 2).flatMap((line) => line.split(" "));
const counts = await words
  .map((word): [string, number] => [word, 1])
  .reduceByKey((a, b) => a + b)
  .collectAsMap();
console.log(
  JSON.stringify({ master: sc.master.slice(0, 7), name: sc.appName, args: process.argv.slice(2), counts: Object.fromEntries(counts) }),
);
await sc.stop();
