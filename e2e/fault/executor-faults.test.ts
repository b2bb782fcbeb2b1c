import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { mapTasks, reduceTasks } from "../job/known-job.ts";
import { duringStage, type Moment } from "./moment.ts";
import { seededRandom } from "./random.ts";
import { runFaultyJob } from "./run-faulty-job.ts";
import { allServers, seed } from "./seed.ts";

// The stages of the job: 0 is the count before it, 1 maps, 2 reduces and maps, 3 sorts.
const [mapStage, reduceStage] = [1, 2];
const shape = { taskMs: 120, ballastBytes: 200 };
const servers = (await serversUnderTest()).slice(0, allServers ? 2 : 1);

for (const { title, program } of servers) {
  describe.skipIf(program === undefined)(`an executor's faults on ${title}`, () => {
    let cluster: E2ECluster;
    const random = seededRandom(seed);

    beforeAll(async () => {
      if (program !== undefined) cluster = await E2ECluster.start({ program });
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    /** Pids of executors that belong to the running application: those that are there now. */
    const victim = (): number => {
      const pids = cluster.executorPids().flat();
      const pid = pids[Math.floor(random.next() * pids.length)];
      assert(pid !== undefined, "there is an executor to strike");
      return pid;
    };

    const moments: readonly (readonly [string, () => Moment])[] = [
      ["during the map stage", () => duringStage(random, mapStage, mapTasks, shape.taskMs)],
      ["between the stages", () => ({ kind: "between", stage: mapStage })],
      ["during the reduce stage", () => duringStage(random, reduceStage, reduceTasks, shape.taskMs)],
    ];

    for (const store of ["files", "jetstream"] as const) {
      for (const [when, moment] of moments) {
        it(`kill -9 ${when}, shuffles in ${store}`, async () => {
          const seen = await runFaultyJob({
            cluster,
            store,
            shape,
            seed,
            moment: moment(),
            strike: () => void process.kill(victim(), "SIGKILL"),
          });
          expect(seen.removed.map(({ reason }) => reason)).toEqual(["it was ended by SIGKILL"]);
          // Committed output outlives its executor: no map partition is computed twice.
          expect(Math.max(...seen.successes(mapStage))).toBe(1);
        });
      }

      it(`kill -9 while large output is written, shuffles in ${store}`, async () => {
        const large = { taskMs: 20, ballastBytes: 20_000 };
        const moment = duringStage(random, mapStage, mapTasks, 200);
        const seen = await runFaultyJob({
          cluster,
          store,
          shape: large,
          seed,
          moment,
          strike: () => void process.kill(victim(), "SIGKILL"),
        });
        expect(Math.max(...seen.successes(mapStage))).toBe(1);
      });

      it(`stopped for longer than the time-out, then back, shuffles in ${store}`, async () => {
        let zombie = 0;
        const seen = await runFaultyJob({
          cluster,
          store,
          shape: { ...shape, taskMs: 400 },
          seed,
          conf: { "spark.network.timeout": "1500ms", "spark.executor.heartbeatInterval": "300ms" },
          moment: duringStage(random, mapStage, mapTasks, 100),
          strike: () => {
            zombie = victim();
            // With its worker, which would end it before it can come back.
            const worker = cluster.workers[cluster.executorPids().findIndex((pids) => pids.includes(zombie))];
            process.kill(zombie, "SIGSTOP");
            worker?.signal("SIGSTOP");
            // It comes back while the job still runs, with what it had in hand.
            void sleep(2500)
              .then(() => process.kill(zombie, "SIGCONT"))
              .then(() => sleep(300))
              .then(() => worker?.signal("SIGCONT"));
          },
        });
        expect(seen.removed.some(({ reason }) => reason.includes("no heartbeat"))).toBe(true);
        await expect.poll(() => isAlive(zombie), { timeout: 10_000 }).toBe(false);
      });
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
