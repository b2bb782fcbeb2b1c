// `vonk submit` of a small job to a warm cluster, the start of the command to its end: seconds, the median of 5.
import { requireNatsServer } from "@vonk/bus-nats/internal";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { fileURLToPath } from "node:url";
import { report } from "./report.ts";
import { vonk } from "./vonk.ts";

const application = fileURLToPath(new URL("small-job.ts", import.meta.url));
const cluster = await TestCluster.start({ program: await requireNatsServer() });
const run = (): ReturnType<typeof vonk> => vonk(["submit", "--master", cluster.masterURL, "--executor-memory", "256m", application]);
const runs: Awaited<ReturnType<typeof run>>[] = [];
// The first finds nothing warm.
for (let round = 0; round < 6; round++) runs.push(await run());
runs.shift();
runs.sort((a, b) => a.seconds - b.seconds);
report(runs[2]?.seconds ?? Number.NaN, runs[2]?.stdout.trim() ?? "");
await cluster[Symbol.asyncDispose]();
