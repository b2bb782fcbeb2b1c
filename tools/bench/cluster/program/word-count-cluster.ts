// Word count over 200 MB on two executors of one core against local[2], in turn: the time against the local time.
import { SparkContext } from "@vonk/core";
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const input = `${process.argv[2] ?? "."}/words.txt`;

async function count(sc: SparkContext): Promise<{ readonly seconds: number; readonly words: number }> {
  const start = performance.now();
  const words = await sc
    .textFile(input, 4)
    .flatMap((line) => line.split(" "))
    .map((word) => [word, 1] as [string, number])
    .reduceByKey((a, b) => a + b, 2)
    .count();
  return { seconds: (performance.now() - start) / 1000, words };
}

const best = async (sc: SparkContext): Promise<{ readonly seconds: number; readonly words: number }> => {
  const runs = [await count(sc), await count(sc), await count(sc)];
  return runs.toSorted((a, b) => a.seconds - b.seconds)[0] ?? { seconds: Number.NaN, words: 0 };
};

const { sc, close } = await clusterOfTwo({ "spark.executor.memory": "4g" });
const cluster = await best(sc);
await close();
const alone = new SparkContext({ master: "local[2]", appName: "bench", conf: { "spark.executor.memory": "8g" } });
const local = await best(alone);
await alone.stop();
if (local.words !== cluster.words) throw new Error(`${cluster.words} words on the cluster, ${local.words} alone`);
report(cluster.seconds / local.seconds, `${cluster.seconds.toFixed(2)} s, local[2] ${local.seconds.toFixed(2)} s`);
