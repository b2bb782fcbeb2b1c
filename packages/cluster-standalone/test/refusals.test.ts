import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "@vonk/bus";
import { defineService, InProcessBus, publishTopic, serveService, serviceClient } from "@vonk/bus/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { createLogger, type Logger } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { SparkContext } from "@vonk/core";
import { describe, expect, it } from "vitest";
import { clusterPrefix, leaderTopic, masterService, masterSubject, workerService, workerSubject } from "../src/message/services.ts";
import { WorkerProcess } from "../src/worker/worker-process.ts";

const log = createLogger(
  "test",
  "OFF",
  () => undefined,
  () => 0,
);

function workerOn(bus: Bus, logger: Logger): WorkerProcess {
  return new WorkerProcess({
    cluster: "c",
    bus,
    clock: systemClock,
    log: logger,
    description: { workerId: "w", host: "h", cores: 1, memoryBytes: 1, version: "1" },
    workDir: "/nowhere",
    servers: [],
    natsSettings: {},
    heartbeatIntervalMs: 1000,
  });
}

describe("a worker", () => {
  it("refuses the command of a master that was replaced", async () => {
    const bus = new InProcessBus({ clone: true });
    const worker = workerOn(bus, log);
    const client = serviceClient(bus, workerService, workerSubject("c", "w"));
    await client.call("applicationEnded", { term: 4, appId: "a" });
    await expect(client.call("applicationEnded", { term: 3, appId: "a" })).rejects.toMatchObject({ code: "WORKER_COMMAND_STALE" });
    await worker.stop();
  });

  it("says, once, that it and the master are of different versions", async () => {
    const bus = new InProcessBus({ clone: true });
    const later = defineService<Record<never, never>>(masterService.name, masterService.version + 1);
    serveService(bus, later, masterSubject("c", 1), {});
    const said: string[] = [];
    const worker = workerOn(bus, {
      ...log,
      error: (message, fields) => void said.push(`${message}: ${String(fields?.["code"])} ${String(fields?.["error"])}`),
    });
    publishTopic(bus, leaderTopic, clusterPrefix("c"), { term: 1, masterId: "m" });
    await expect.poll(() => said.length).toBe(1);
    publishTopic(bus, leaderTopic, clusterPrefix("c"), { term: 1, masterId: "m" });
    await sleep(10);
    const { name, version } = masterService;
    expect(said).toEqual([
      `the master refuses this worker: BUS_VERSION_MISMATCH Service ${name} speaks version ${version + 1} but got a message of version ${version} of ${name}. Install the same version of Vonk on both sides.`,
    ]);
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
