import { SparkContext } from "@vonk/core";
import { expect, onTestFailed } from "vitest";
import type { E2ECluster } from "../cluster/test-cluster.ts";
import { type JobShape, knownAnswer, runKnownJob } from "../job/known-job.ts";
import { describeMoment, type Moment, Striker } from "./moment.ts";

/** A job with a fault in it. */
export interface FaultyJob {
  readonly cluster: E2ECluster;
  readonly store: "files" | "jetstream";
  readonly shape: JobShape;
  readonly moment: Moment;
  readonly seed: number;
  readonly conf?: Readonly<Record<string, string>>;
  readonly strike: () => Promise<void> | void;
}

/** Runs the known job with the fault in it; the answer must be the right one. Gives what was seen on the way. */
export async function runFaultyJob({ cluster, store, shape, moment, seed, conf = {}, strike }: FaultyJob): Promise<Striker> {
  const striker = new Striker(moment, strike);
  const sc = new SparkContext({
    master: cluster.url,
    appName: `fault seed ${seed}`,
    conf: { "spark.executor.memory": "256m", "vonk.shuffle.store": store, "spark.executor.cores": "1", ...conf },
  });
  const where = `seed ${seed}, shuffles in ${store}, ${describeMoment(moment)}`;
  // What the cluster's processes said goes with the cluster.
  onTestFailed(() => void process.stderr.write(`${where}\n${logs}\n`));
  let logs = "";
  try {
    // Executors first: moments are counted from the job's beginning.
    await sc.parallelize([1, 2], 2).count({ timeoutMs: 60_000 });
    const answer = await runKnownJob(sc, shape, (event) => striker.see(event));
    expect(answer, where).toEqual(knownAnswer());
    expect(await striker.struck(), `the fault has struck: ${where}`).toBe(true);
    return striker;
  } finally {
    logs = cluster.logs();
    await sc.stop();
  }
}
