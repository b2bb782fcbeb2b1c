import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ master: "local-cluster[1,1,512]", conf: { "spark.executor.memory": "256m" } });
const pids = await sc
  .range(2)
  .map(() => process.pid)
  .collect();
process.stdout.write(`${pids[0]}\n`);
setInterval(() => undefined, 1000);
