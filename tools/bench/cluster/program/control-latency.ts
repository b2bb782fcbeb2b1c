// Request-reply between driver and executor while a shuffle runs through the same server: milliseconds, 99th percentile.
import { serviceClient } from "@vonk/bus/internal";
import { NatsBus } from "@vonk/bus-nats/internal";
import { executorService, executorSubject } from "@vonk/core/internal";
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const { sc, cluster, close } = await clusterOfTwo({ "vonk.shuffle.store": "jetstream", "spark.executor.memory": "1g" });
const bus = await NatsBus.connect({ servers: [cluster.server.address], name: "latency" });
const executor = serviceClient(bus, executorService, executorSubject(sc.applicationId, "0"));
let shuffling = true;
const load = (async () => {
  for (let run = 0; run < 4; run++) {
    await sc
      .range(0, 48, 1, 12)
      .flatMap((number) => Array.from({ length: 40 }, (_, index) => [index, new Uint8Array(50_000).fill(number)] as [number, Uint8Array]))
      .groupByKey(12)
      .mapValues((values) => [...values].length)
      .count();
  }
  shuffling = false;
})();
const times: number[] = [];
while (shuffling) {
  const start = performance.now();
  // The smallest question there is: a result that nobody holds.
  await executor.call("fetchResult", { taskId: -1, from: 0 });
  times.push(performance.now() - start);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
await load;
times.sort((a, b) => a - b);
report(times[Math.floor(times.length * 0.99)] ?? Number.NaN, `${times.length} calls, median ${times[times.length >> 1]?.toFixed(2)} ms`);
bus.close();
await close();
