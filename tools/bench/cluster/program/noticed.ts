// How long after an executor was killed (argument `exit`) or stopped (`silence`) the driver has given it up: seconds, the worst of 3.
import { clusterOfTwo } from "./test-cluster.ts";
import { report } from "./report.ts";

const signal = process.argv[2] === "silence" ? "SIGSTOP" : "SIGKILL";
const { sc, cluster, close } = await clusterOfTwo({ "spark.executor.memory": "256m" });
const times: number[] = [];
for (let round = 0; round < 3; round++) {
  const removed = Promise.withResolvers<number>();
  const subscription = sc.addSparkListener((event) => {
    if (event.Event === "SparkListenerExecutorRemoved") removed.resolve(performance.now());
  });
  const [victim] = [...cluster.executorPids().values()].slice(-1);
  const start = performance.now();
  process.kill(victim ?? 0, signal);
  times.push(((await removed.promise) - start) / 1000);
  subscription.close();
  if (signal === "SIGSTOP") process.kill(victim ?? 0, "SIGKILL");
  while ((await sc.statusTracker.getExecutorInfos()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
}
report(Math.max(...times), times.map((time) => time.toFixed(2)).join(" "));
await close();
