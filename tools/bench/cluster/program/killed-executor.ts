// kill -9 of one of two executors at half time of a job of some 20 s: the time against the time without, through JetStream.
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const { sc, cluster, close } = await clusterOfTwo({ "vonk.shuffle.store": "jetstream", "spark.executor.memory": "512m" });

async function job(): Promise<number> {
  const start = performance.now();
  const counts = await sc
    .range(0, 40_000, 1, 80)
    .mapPartitions((numbers) => {
      const until = Date.now() + 250;
      const pairs = [...numbers].map((number) => [number % 1000, number] as const);
      while (Date.now() < until);
      return pairs;
    })
    .reduceByKey((a, b) => a + b, 80)
    .mapPartitions((pairs) => {
      const until = Date.now() + 250;
      const rows = [...pairs];
      while (Date.now() < until);
      return rows;
    })
    .count();
  if (counts !== 1000) throw new Error(`${counts} keys, expected 1000`);
  return (performance.now() - start) / 1000;
}

const undisturbed = await job();
const [victim] = cluster.executorPids().values();
setTimeout(() => process.kill(victim ?? 0, "SIGKILL"), (undisturbed / 2) * 1000);
const disturbed = await job();
report(disturbed / undisturbed, `${undisturbed.toFixed(1)} s, with the kill ${disturbed.toFixed(1)} s`);
await close();
