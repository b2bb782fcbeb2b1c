import { globSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import {
  ClusterClient,
  connectCluster,
  machineClusterURL,
  machineProcesses,
  runMaster,
  runWorker,
  startMachineCluster,
  stopMachineCluster,
  SubmittedDriver,
} from "@vonk/cluster-standalone/internal";
import { SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClusterStatus } from "../src/message/cluster-state.ts";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();
const properties = new Map<string, string>();
const quiet = new Map([["spark.log.level", "OFF"]]);

describe("a process that cannot start", () => {
  it("says what there is", async () => {
    const url = "vonk://127.0.0.1:9";
    const tooMuch = 2 ** 50;
    await expect(runWorker({ url, properties, memoryBytes: tooMuch })).rejects.toMatchObject({
      code: "WORKER_MEMORY_EXCEEDS",
      message: expect.stringMatching(/cannot give 1073741824 MiB: this machine has \d+ MiB, of which \d+ MiB/),
    });
    const wrong = new Map([["vonk.cluster.name", "a.b"]]);
    await expect(runMaster({ url, properties: wrong })).rejects.toMatchObject({ code: "CLUSTER_NAME_INVALID" });
    await expect(runMaster({ url, properties })).rejects.toMatchObject({ code: "NATS_UNREACHABLE" });
    expect(() => machineClusterURL("/nowhere")).toThrow(expect.objectContaining({ code: "CLUSTER_NOT_RUNNING" }) as Error);
  });
});

describe.skipIf(program === undefined)(`a cluster whose NATS wants credentials, ${title}`, () => {
  it("is refused without them, and passes them to executors and drivers", async () => {
    if (program === undefined) return;
    const folder = mkdtempSync(join(tmpdir(), "vonk-credentials-"));
    await using server = await startTestServer(program, { authorization: { user: "vonk", password: "geheim-1" } });
    const url = `vonk://${server.address}`;
    await expect(runMaster({ url, properties: quiet })).rejects.toMatchObject({ code: "NATS_AUTHENTICATION" });
    const wrong = new Map([...quiet, ["vonk.nats.user", "vonk"], ["vonk.nats.password", "geheim-2"]] as const);
    await expect(runWorker({ url, properties: wrong })).rejects.toMatchObject({
      code: "NATS_AUTHENTICATION",
      message: expect.not.stringContaining("geheim"),
    });
    const right = new Map([...wrong, ["vonk.nats.password", "geheim-1"]] as const);
    const master = await runMaster({ url, properties: right });
    const worker = await runWorker({ url, properties: right, cores: 2, memoryBytes: 2 ** 30, workDir: folder });
    const sc = new SparkContext({ master: url, conf: { "spark.executor.memory": "256m", ...Object.fromEntries(right) } });
    expect(await sc.range(5).count()).toBe(5);
    await sc.stop();
    // The submitter's credentials stay with it: the worker gives its own.
    const main = join(folder, "prints.mjs");
    writeFileSync(main, "console.log(process.env.VONK_CONF_vonk_nats_password, process.env.VONK_CONF_spark_master);");
    const connected = await connectCluster({ url, properties: right }, "test");
    const said: string[] = [];
    const driver = new SubmittedDriver(connected, "driver-1", ({ text }) => void said.push(text));
    const description = { name: "d", mainFile: main, args: [], workingDir: folder, cores: 1, memoryBytes: 2 ** 28, supervise: false };
    await driver.submit({ ...description, environment: {} }, { root: folder, main: "prints.mjs", files: [], packages: [], attached: [] });
    expect(await driver.ended(() => undefined)).toMatchObject({ state: "finished", exitCode: 0 });
    expect(said.join("")).toBe(`geheim-1 ${url}\n`);
    await connected.bus[Symbol.asyncDispose]();
    await worker.stop();
    await master.stop();
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(program === undefined)(`masters and workers as processes on ${title}`, () => {
  let folder = "";
  let url = "";
  let upMs = 0;
  beforeAll(async () => {
    if (program === undefined) return;
    folder = mkdtempSync(join(tmpdir(), "vonk-processes-"));
    const startedMs = performance.now();
    url = await startMachineCluster({ folder, masters: 2, workers: 2, cores: 1, memoryBytes: 2 ** 30, properties });
    upMs = performance.now() - startedMs;
  });
  afterAll(async () => {
    await stopMachineCluster(folder);
    rmSync(folder, { recursive: true, force: true });
  });

  const status = async (): Promise<ClusterStatus> => {
    const { bus, cluster } = await connectCluster({ url, properties }, "test");
    try {
      return await new ClusterClient(bus, cluster).status();
    } finally {
      await bus[Symbol.asyncDispose]();
    }
  };
  const pidOf = (name: string): number => machineProcesses(folder).find((one) => one.name === name)?.identity.pid ?? 0;

  it("are ready when they are said to be", async () => {
    expect(upMs).toBeLessThan(10_000);
    expect(machineClusterURL(folder)).toBe(url);
    expect(machineProcesses(folder).map(({ name }) => name)).toEqual(["master-1", "master-2", "nats-server", "worker-1", "worker-2"]);
    expect(await status()).toMatchObject({ state: "active", workers: [{ cores: 1 }, { cores: 1 }] });
    const connected = await connectCluster({ url, properties }, "test");
    const unknown = new SubmittedDriver(connected, "driver-1-x", () => undefined);
    await expect(unknown.ended(() => undefined)).rejects.toMatchObject({ code: "DRIVER_UNKNOWN" });
    await connected.bus[Symbol.asyncDispose]();
    await expect(startMachineCluster({ folder, properties })).rejects.toMatchObject({ code: "CLUSTER_RUNNING" });
    await expect(runMaster({ url, name: "master-1", properties: quiet })).rejects.toMatchObject({ code: "MASTER_NAME_TAKEN" });
  });

  it("do not lead again when they wake from a pause in which another took over", async () => {
    const before = await status();
    process.kill(pidOf(before.masterId), "SIGSTOP");
    const leader = async (): Promise<string | undefined> => (await status().catch(() => undefined))?.masterId;
    await expect.poll(leader, { timeout: 20_000 }).not.toBe(undefined);
    await expect.poll(leader, { timeout: 20_000 }).not.toBe(before.masterId);
    const next = await status();
    process.kill(pidOf(before.masterId), "SIGCONT");
    for (let look = 0; look < 10; look++) {
      await sleep(100);
      expect(await status()).toMatchObject({ masterId: next.masterId, term: next.term });
    }
    expect(next.term).toBeGreaterThan(before.term);
    await expect.poll(async () => (await status()).workers.length, { timeout: 5000 }).toBe(2);
  });

  it("lose no application, executor or number when the leading master is killed", async () => {
    const sc = new SparkContext({ master: url, conf: { "spark.executor.memory": "256m" } });
    const pids = async (): Promise<Set<number>> => {
      const busy = sc.parallelize([1, 2, 3, 4], 4).map(() => {
        const until = Date.now() + 200;
        while (Date.now() < until);
        return process.pid;
      });
      return new Set(await busy.collect());
    };
    await expect.poll(async () => (await pids()).size, { timeout: 10_000 }).toBe(2);
    const before = await pids();
    const { masterId, term } = await status();
    const job = sc
      .range(0, 60, 1, 60)
      .map((n): [number, number] => {
        const until = Date.now() + 150;
        while (Date.now() < until);
        return [n % 3, n];
      })
      .reduceByKey((a, b) => a + b)
      .collectAsMap();
    await sleep(500);
    const killedMs = performance.now();
    process.kill(pidOf(masterId), "SIGKILL");
    await expect.poll(async () => (await status().catch(() => undefined))?.state, { timeout: 10_000 }).toBe("active");
    expect(performance.now() - killedMs).toBeLessThan(8000);
    expect(await job).toEqual(
      new Map([
        [0, 570],
        [1, 590],
        [2, 610],
      ]),
    );
    const after = await status();
    expect(after.masterId).not.toBe(masterId);
    expect(after.term).toBeGreaterThan(term);
    expect(after.applications).toMatchObject([{ appId: sc.applicationId, executors: 2 }]);
    expect(await pids()).toEqual(before);
    // The new master replaces what ends from now on, under numbers that were never given.
    const [victim = 0] = before;
    process.kill(victim, "SIGKILL");
    await expect.poll(async () => (await pids()).size, { timeout: 10_000 }).toBe(2);
    const executorIds = globSync(join(folder, "work", "*", sc.applicationId, "*")).map((path) => basename(path));
    expect(executorIds.filter((name) => /^\d+$/.test(name)).toSorted()).toEqual(["0", "1", "2"]);
    await sc.stop();
  });

  it("hand over at once when a master is told to end, and replace what a worker that is told to end ran", async () => {
    const sole = await status();
    const other = await runMaster({ url, name: "another", properties: quiet });
    const toldMs = performance.now();
    process.kill(pidOf(sole.masterId), "SIGTERM");
    await expect.poll(async () => (await status().catch(() => undefined))?.masterId, { timeout: 5000 }).toBe("another");
    expect(performance.now() - toldMs).toBeLessThan(2000);
    await expect.poll(async () => (await status()).workers.length, { timeout: 5000 }).toBe(2);
    process.kill(pidOf("worker-2"), "SIGTERM");
    await expect.poll(async () => (await status()).workers.length, { timeout: 2000 }).toBe(1);
    await other.stop();
  });

  it("are all ended", async () => {
    const running = machineProcesses(folder).filter((one) => one.isRunning);
    expect(await stopMachineCluster(folder)).toEqual(running.map(({ name }) => name));
    expect(readdirSync(folder).filter((name) => name.endsWith(".pid"))).toEqual([]);
    // Until this process, their parent, has heard of it they still have their numbers.
    await sleep(50);
    for (const { identity } of running) expect(() => process.kill(identity.pid, 0)).toThrow("ESRCH");
    expect(await stopMachineCluster(folder)).toEqual([]);
  });

  it("are all ended again when one of them cannot start", async () => {
    const start = startMachineCluster({ folder, memoryBytes: 2 ** 50, properties });
    await expect(start).rejects.toMatchObject({ code: "CLUSTER_START_FAILED", message: expect.stringContaining("A worker cannot give") });
    expect(machineProcesses(folder)).toEqual([]);
  });
});
