import { serversUnderTest } from "@vonk/bus-nats/testing";
import { SparkContext } from "@vonk/core";
import { describe, expect, it } from "vitest";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { knownAnswer, runKnownJob } from "../job/known-job.ts";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();
const timeoutMs = 1500;
const spinMs = 3 * timeoutMs;

describe.skipIf(program === undefined)(`a driver whose program spins, on ${title}`, () => {
  it("loses no executor and stalls no running job", async () => {
    if (program === undefined) return;
    await using cluster = await E2ECluster.start({ program });
    const conf = {
      "spark.executor.memory": "256m",
      "spark.network.timeout": `${timeoutMs}ms`,
      "spark.executor.heartbeatInterval": "300ms",
    };
    const sc = new SparkContext({ master: cluster.url, conf });
    const finishedAtMs: number[] = [];
    const removed: string[] = [];
    await sc.parallelize([1, 2], 2).count();
    const job = runKnownJob(sc, { taskMs: 200, ballastBytes: 10 }, (event) => {
      if (event.Event === "SparkListenerTaskEnd") finishedAtMs.push(Number((event["Task Info"] as Record<string, unknown>)["Finish Time"]));
      if (event.Event === "SparkListenerExecutorRemoved") removed.push(String(event["Removed Reason"]));
    });
    // The job has been submitted; from now on the program hears and says nothing.
    await expect.poll(() => finishedAtMs.length).toBeGreaterThan(0);
    const from = Date.now();
    while (Date.now() - from < spinMs);
    const to = Date.now();
    expect(await job).toEqual(knownAnswer());
    await sc.stop();
    expect(removed).toEqual([]);
    // Tasks of every stage ran meanwhile: 12 maps, 8 reducers, 4 sorters, but for those before.
    expect(finishedAtMs.filter((at) => at > from && at < to).length).toBeGreaterThan(12);
  });
});
