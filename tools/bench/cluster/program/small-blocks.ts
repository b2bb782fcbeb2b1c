// 1,000 maps by 1,000 reducers of tiny blocks through JetStream: seconds, with the server's memory at its highest.
import { readFileSync } from "node:fs";
import { HashPartitioner } from "@vonk/core";
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const { sc, cluster, close } = await clusterOfTwo({ "vonk.shuffle.store": "jetstream", "spark.executor.memory": "1g" });
let serverBytes = 0;
const watch = setInterval(() => {
  const [, pages = "0"] = readFileSync(`/proc/${cluster.server.pid}/statm`, "utf8").split(" ");
  serverBytes = Math.max(serverBytes, Number(pages) * 4096);
}, 100);
const start = performance.now();
const counts = await sc
  .range(0, 1_000_000, 1, 1000)
  .map((number) => [number, 1] as [number, number])
  .partitionBy(new HashPartitioner(1000))
  .mapPartitions((records) => [[...records].length])
  .collect();
const seconds = (performance.now() - start) / 1000;
clearInterval(watch);
const megabytes = Math.round(serverBytes / 1e6);
if (megabytes > 1000) throw new Error(`nats-server took ${megabytes} MB, 1,000 are allowed`);
report(seconds, `${counts.reduce((sum, count) => sum + count, 0)} records, nats-server ${megabytes} MB`);
await close();
