// PageRank by joins, as in the RDD paper. Links are partitioned and cached once, so that each round shuffles the ranks alone.
import { HashPartitioner, SparkContext } from "@vonk/core";

await using sc = new SparkContext({ master: "local[2]", appName: "page rank" });
const edges: [string, string][] = [
  ["a", "b"],
  ["a", "c"],
  ["b", "c"],
  ["c", "a"],
  ["d", "c"],
];
const links = sc.parallelize(edges).groupByKey(new HashPartitioner(2)).cache();
let ranks = links.mapValues(() => 1);
for (let round = 0; round < 20; round++) {
  ranks = links
    .join(ranks)
    .flatMap(([, [targets, rank]]) => {
      const list = [...targets];
      return list.map((target): [string, number] => [target, rank / list.length]);
    })
    .reduceByKey((a, b) => a + b, new HashPartitioner(2))
    .mapValues((sum) => 0.15 + 0.85 * sum);
}
for (const [page, rank] of await ranks.sortByKey().collect()) console.log(page, rank.toFixed(3));
