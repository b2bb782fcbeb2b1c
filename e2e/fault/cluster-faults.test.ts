import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { disturbStreams, serversUnderTest } from "@vonk/bus-nats/testing";
import { describe, expect, it } from "vitest";
import { SlowProxy } from "../cluster/slow-proxy.ts";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { mapTasks, reduceTasks } from "../job/known-job.ts";
import { duringStage, type Moment } from "./moment.ts";
import { seededRandom } from "./random.ts";
import { runFaultyJob } from "./run-faulty-job.ts";
import { allServers, seed } from "./seed.ts";

const [mapStage, reduceStage] = [1, 2];
const shape = { taskMs: 120, ballastBytes: 400 };
const stores = ["files", "jetstream"] as const;
/** Losses are noticed within a second and a half. */
const quick = { "spark.network.timeout": "1500ms", "spark.executor.heartbeatInterval": "300ms" };
const servers = (await serversUnderTest()).slice(0, allServers ? 2 : 1);

for (const { title, program } of servers) {
  describe.skipIf(program === undefined)(`faults of a cluster's parts on ${title}`, () => {
    const random = seededRandom(seed + 100);
    const inMap = (): Moment => duringStage(random, mapStage, mapTasks, shape.taskMs);
    const inReduce = (): Moment => duringStage(random, reduceStage, reduceTasks, shape.taskMs);
    const start = async (options: Partial<Parameters<typeof E2ECluster.start>[0]> = {}): Promise<E2ECluster> => {
      assert(program !== undefined, "these tests are skipped without a server");
      return E2ECluster.start({ program, ...options });
    };

    for (const store of stores) {
      it(`kill -9 of a worker, shuffles in ${store}`, async () => {
        await using cluster = await start();
        const worker = cluster.workers[Math.floor(random.next() * 2)];
        const strike = (): void => worker?.signal("SIGKILL");
        await runFaultyJob({ cluster, store, shape, seed, conf: quick, moment: inMap(), strike });
        await expect.poll(async () => (await cluster.status())?.workers.length, { timeout: 10_000 }).toBe(1);
      });

      it(`kill -9 of the leading master, then of an executor, shuffles in ${store}`, async () => {
        await using cluster = await start();
        const first = await cluster.leader();
        const strike = async (): Promise<void> => {
          first.signal("SIGKILL");
          await sleep(200);
          const [victim] = cluster.executorPids().flat();
          if (victim !== undefined) process.kill(victim, "SIGKILL");
        };
        await runFaultyJob({ cluster, store, shape: { ...shape, taskMs: 400 }, seed, conf: quick, moment: inMap(), strike });
        expect((await cluster.leader()).name).not.toBe(first.name);
      });

      it(`kill -9 of nats-server and its restart, shuffles in ${store}`, async () => {
        await using cluster = await start();
        const strike = async (): Promise<void> => {
          await cluster.server.kill();
          await sleep(300 + random.next() * 700);
          await cluster.server.restart();
        };
        const seen = await runFaultyJob({ cluster, store, shape, seed, moment: random.next() < 0.5 ? inMap() : inReduce(), strike });
        expect(Math.max(...seen.successes(mapStage))).toBe(1);
      });
    }

    it("a corrupted chunk in a stream", async () => {
      await using cluster = await start();
      const disturbance = await disturbStreams(cluster.server.address);
      const moment: Moment = { kind: "task", stage: mapStage, afterTasks: 5, delayMs: 20 };
      let corrupted = 0;
      const strike = async (): Promise<void> => void (corrupted = await disturbance.corruptFirst("vonk-app"));
      const seen = await runFaultyJob({ cluster, store: "jetstream", shape, seed, moment, strike });
      await disturbance.close();
      expect(corrupted).toBeGreaterThan(0);
      // What was damaged was computed again, and little else.
      expect(seen.successes(mapStage).filter((count) => count > 1).length).toBeGreaterThan(0);
    });

    it("a corrupted file of map output", async () => {
      await using cluster = await start();
      const moment: Moment = { kind: "task", stage: mapStage, afterTasks: 5, delayMs: 20 };
      const strike = (): void => {
        const [file] = globSync("work-*/*/*/shuffle/shuffle_*.data", { cwd: cluster.folder });
        assert(file !== undefined, "there is a file of map output");
        const path = join(cluster.folder, file);
        const bytes = readFileSync(path);
        bytes[20] = (bytes[20] ?? 0) ^ 0x55;
        writeFileSync(path, bytes);
      };
      const seen = await runFaultyJob({ cluster, store: "files", shape, seed, moment, strike });
      expect(seen.successes(mapStage).filter((count) => count > 1).length).toBeGreaterThan(0);
    });

    it("messages that come twice and in another order", async () => {
      await using cluster = await start();
      const disturbance = await disturbStreams(cluster.server.address);
      const moment: Moment = { kind: "task", stage: mapStage, afterTasks: 8, delayMs: 20 };
      let repeated = 0;
      const strike = async (): Promise<void> => void (repeated = await disturbance.repeatReversed("vonk-app"));
      const seen = await runFaultyJob({ cluster, store: "jetstream", shape, seed, moment, strike });
      await disturbance.close();
      expect(repeated).toBeGreaterThan(4);
      expect(Math.max(...seen.successes(mapStage))).toBe(1);
    });

    it("streams that are gone", async () => {
      await using cluster = await start();
      const disturbance = await disturbStreams(cluster.server.address);
      const strike = async (): Promise<void> => void (await disturbance.deleteAll("vonk-app"));
      await runFaultyJob({ cluster, store: "jetstream", shape, seed, moment: inMap(), strike });
      await disturbance.close();
    });

    it("a full shuffle quota, for a while", async () => {
      await using cluster = await start({ storageBytes: 48 * 2 ** 20 });
      const disturbance = await disturbStreams(cluster.server.address);
      const strike = async (): Promise<void> => {
        const makeRoom = await disturbance.fillStorage();
        await sleep(1500);
        await makeRoom();
      };
      const large = { taskMs: 120, ballastBytes: 2000 };
      const seen = await runFaultyJob({ cluster, store: "jetstream", shape: large, seed, moment: inMap(), strike });
      await disturbance.close();
      // The outputs waited for room; no task had to run again.
      expect(Date.now() - seen.struckAtMs).toBeGreaterThan(1500);
      expect(seen.failures).toEqual([]);
    });

    it("a slow reader", async () => {
      // The address is known when the server is; the proxy stands before it by then.
      await using cluster = await start({ workers: 0 });
      await using proxy = await SlowProxy.start(cluster.server.address, 400_000);
      for (const index of [0, 1]) cluster.startWorker(index, { workerAddress: () => proxy.address });
      await cluster.ready(2);
      await runFaultyJob({
        cluster,
        store: "jetstream",
        shape: { taskMs: 20, ballastBytes: 800 },
        seed,
        moment: { kind: "between", stage: mapStage },
        strike: () => undefined,
      });
      expect(proxy.slowed).toBeGreaterThan(0);
    });

    const disk = smallDisk();
    it.skipIf(disk === undefined)("a full disk at one worker", async () => {
      if (disk === undefined) return;
      try {
        await using cluster = await start({ workDirs: [disk, undefined] });
        const conf = { "spark.excludeOnFailure.enabled": "true", "spark.task.maxFailures": "12" };
        // Half of the map output would be several times what the disk holds.
        const large = { taskMs: 60, ballastBytes: 6000 };
        const moment: Moment = { kind: "between", stage: mapStage };
        const seen = await runFaultyJob({ cluster, store: "files", shape: large, seed, conf, moment, strike: () => undefined });
        expect(seen.failures.some((failure) => failure.includes("ENOSPC"))).toBe(true);
      } finally {
        execFileSync("umount", [disk]);
        rmSync(disk, { recursive: true, force: true });
      }
    });
  });
}

/** A folder on a disk of its own of 4 MiB; undefined where mounting is refused. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "vonk-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}
