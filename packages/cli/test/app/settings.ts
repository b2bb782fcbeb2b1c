import { SparkConf, SparkContext } from "@vonk/core";

const conf = new SparkConf().set("spark.test.code", "code");
const sc = new SparkContext({ conf });
const shown = ["spark.master", "spark.app.name", "spark.test.code", "spark.test.flag", "spark.test.file", "spark.test.environment"];
console.log(JSON.stringify({ settings: Object.fromEntries(shown.map((key) => [key, sc.conf.get(key, "")])), args: process.argv.slice(2) }));
const factor = Number(process.argv[2] ?? 1);
console.log(
  JSON.stringify(
    await sc
      .range(4)
      .map((x) => x * factor)
      .collect(),
  ),
);
await sc.stop();
