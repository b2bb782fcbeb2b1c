import { InProcessBus, serviceClient } from "@vonk/bus/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { createLogger } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { SparkContext } from "@vonk/core";
import { describe, expect, it } from "vitest";
import { workerService, workerSubject } from "../src/message/services.ts";
import { WorkerProcess } from "../src/worker/worker-process.ts";

const log = createLogger(
  "test",
  "OFF",
  () => undefined,
  () => 0,
);

describe("a worker", () => {
  it("refuses the command of a master that was replaced", async () => {
    const bus = new InProcessBus({ clone: true });
    const worker = new WorkerProcess({
      cluster: "c",
      bus,
      clock: systemClock,
      log,
      description: { workerId: "w", host: "h", cores: 1, memoryBytes: 1, version: "1" },
      workDir: "/nowhere",
      servers: [],
      natsSettings: {},
      heartbeatIntervalMs: 1000,
    });
    const client = serviceClient(bus, workerService, workerSubject("c", "w"));
    await client.call("applicationEnded", { term: 4, appId: "a" });
    await expect(client.call("applicationEnded", { term: 3, appId: "a" })).rejects.toMatchObject({ code: "WORKER_COMMAND_STALE" });
    await worker.stop();
  });
});

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();

describe.skipIf(program === undefined)(`an application on ${title}`, () => {
  it("fails when nothing listens at the address", async () => {
    const sc = new SparkContext({ master: "vonk://127.0.0.1:9" });
    await expect(sc.range(3).count()).rejects.toMatchObject({ code: "NATS_UNREACHABLE", message: expect.stringContaining("127.0.0.1:9") });
    await sc.stop();
  });

  it("fails when NATS is there and no master is", async () => {
    if (program === undefined) return;
    await using server = await startTestServer(program);
    const sc = new SparkContext({ master: `vonk://${server.address}` });
    await expect(sc.range(3).count()).rejects.toMatchObject({ code: "MASTER_NOT_FOUND" });
    await sc.stop();
  });

  it("is told why it waits, and is removed when its executors cannot start", async () => {
    if (program === undefined) return;
    await using cluster = await TestCluster.start({ program, workers: 1, memoryPerWorkerBytes: 2 ** 30 });
    const large = new SparkContext({ master: cluster.masterURL, conf: { "spark.executor.memory": "3g" } });
    const warned: string[] = [];
    large.log.warn = (message) => void warned.push(message);
    await expect(large.range(3).count({ timeoutMs: 2500 })).rejects.toMatchObject({ code: "JOB_TIMEOUT" });
    expect(warned).toEqual([expect.stringMatching(/waits for executors of 1 core and 3 GiB.*worker-0 1 core of 1, 1 GiB of 1 GiB/)]);
    await large.stop();
    const conf = { "spark.executor.memory": "256m", "spark.executor.extraNodeOptions": "--no-such-flag" };
    const broken = new SparkContext({ master: cluster.masterURL, conf });
    await expect(broken.range(3).count()).rejects.toMatchObject({
      code: "APPLICATION_REMOVED",
      message: expect.stringContaining("10 executors failed in a row"),
    });
    await broken.stop();
  });
});
