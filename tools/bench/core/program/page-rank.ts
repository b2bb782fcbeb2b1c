// PageRank by joins on RDDs, ten iterations over 2 M edges that are grouped and cached before: seconds.
import { SparkContext } from "@vonk/core";
import { dataArgument, report, timed } from "./report.ts";

const sc = new SparkContext({ master: "local[2]", appName: "page-rank", conf: { "spark.executor.memory": "8g" } });
const links = sc
  .textFile(`${dataArgument()}/edges.txt`, 2)
  .map((line) => {
    const tab = line.indexOf("\t");
    return [Number(line.slice(0, tab)), Number(line.slice(tab + 1))] as const;
  })
  .groupByKey(2)
  .mapValues((targets) => [...targets])
  .cache();
await links.count();
const { seconds, result } = await timed(3, async () => {
  let ranks = links.mapValues(() => 1);
  for (let i = 0; i < 10; i++) {
    const contributions = links
      .join(ranks)
      .flatMap(([, [targets, rank]]) => targets.map((target) => [target, rank / targets.length] as const));
    ranks = contributions.reduceByKey((a, b) => a + b).mapValues((sum) => 0.15 + 0.85 * sum);
  }
  const total = await ranks.values().sum();
  return Math.round(total * 1000) / 1000;
});
report(seconds, result);
await sc.stop();
