// Spark's word count. Run: node docs/examples/word-count.ts [FILE]
import { SparkContext } from "@vonk/core";

const file = process.argv[2] ?? new URL("../GLOSSARY.md", import.meta.url).pathname;
await using sc = new SparkContext({ master: "local[*]", appName: "word count" });
const shortest = 6;
const counts = sc
  .textFile(file)
  .flatMap((line) => line.toLowerCase().match(/[a-z]+/g) ?? [])
  .filter((word) => word.length >= shortest)
  .map((word): [string, number] => [word, 1])
  .reduceByKey((a, b) => a + b);
for (const [word, count] of await counts.takeOrdered(5, ([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))) {
  console.log(`${word} ${count}`);
}
