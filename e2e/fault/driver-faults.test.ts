import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { describe, expect, it } from "vitest";
import { ManagedProcess } from "../cluster/managed-process.ts";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { knownAnswer } from "../job/known-job.ts";
import { seededRandom } from "./random.ts";
import { allServers, seed } from "./seed.ts";

const application = join(import.meta.dirname, "..", "job", "supervised-driver.ts");
const servers = (await serversUnderTest()).slice(0, allServers ? 2 : 1);

for (const { title, program } of servers) {
  describe.skipIf(program === undefined)(`a driver on a worker, on ${title}`, () => {
    for (const store of ["files", "jetstream"] as const) {
      it(`killed with -9 under --supervise runs again to the right answer, shuffles in ${store}`, async () => {
        if (program === undefined) return;
        const random = seededRandom(seed + 200);
        await using cluster = await E2ECluster.start({ program, workers: 3 });
        const file = join(cluster.folder, "answer");
        const words = ["--deploy-mode", "cluster", "--supervise", "--executor-memory", "256m", "--driver-memory", "512m"];
        const settings = ["--conf", `vonk.shuffle.store=${store}`, "--conf", "spark.executor.cores=1"];
        const submit = new ManagedProcess(
          "submit",
          ["submit", "--master", cluster.url, ...words, ...settings, application, file],
          cluster.folder,
        );
        await expect.poll(() => begun(file).length, { timeout: 30_000 }).toBe(1);
        await sleep(random.next() * 1500);
        process.kill(begun(file)[0] ?? 0, "SIGKILL");
        expect(await submit.exited(), `${submit.log()}\n${cluster.logs()}`).toBe(0);
        expect(begun(file)).toHaveLength(2);
        expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(knownAnswer());
        // The submitter sees what the driver prints.
        expect(submit.log()).toContain("the answer is written");
        expect(submit.log()).toMatch(/stage \d+ \(.*\): \d+ of 12 tasks/);
      });
    }
  });
}

/** Pids of the drivers that have begun, in order. */
function begun(file: string): number[] {
  if (!existsSync(`${file}.begun`)) return [];
  return readFileSync(`${file}.begun`, "utf8").trim().split("\n").map(Number);
}
