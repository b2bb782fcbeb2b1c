// Stops the context in the same breath as it starts a job: both promises settle, and the program goes on.
import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ master: "local[2]" });
const job = sc
  .range(0, 10)
  .count()
  .catch((error: { code?: string }) => error.code);
await sc.stop();
console.log("stopped", await job);
