import { requireNatsServer } from "@vonk/bus-nats/internal";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { SparkContext } from "@vonk/core";

/** A cluster of two executors of one core each, and a context on it whose executors have registered. */
export async function clusterOfTwo(
  conf: Readonly<Record<string, string>> = {},
): Promise<{ readonly cluster: TestCluster; readonly sc: SparkContext; readonly close: () => Promise<void> }> {
  const cluster = await TestCluster.start({ program: await requireNatsServer(), memoryPerWorkerBytes: 8 * 2 ** 30 });
  const sc = new SparkContext({ master: cluster.masterURL, appName: "bench", conf });
  await sc.parallelize([1, 2], 2).count();
  while ((await sc.statusTracker.getExecutorInfos()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    cluster,
    sc,
    async close() {
      await sc.stop();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
