import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();
const settings = { "spark.executor.memory": "256m" };
// Others on this machine use the system's.
const scratch = mkdtempSync(join(tmpdir(), "vonk-local-test-"));
beforeAll(() => {
  process.env["TMPDIR"] = scratch;
});
afterAll(() => rmSync(scratch, { recursive: true }));
const folders = (): string[] => readdirSync(scratch).filter((name) => name.startsWith("vonk-local-cluster-"));

describe("a local-cluster URL", () => {
  it.each([
    ["local-cluster[2]", "256m", "LOCAL_CLUSTER_URL_INVALID", "MEMORY in MiB"],
    ["local-cluster[0,1,1024]", "256m", "LOCAL_CLUSTER_URL_INVALID", "local-cluster[0,1,1024]"],
    ["local-cluster[1,1,128]", "256m", "LOCAL_CLUSTER_MEMORY", "workers of 128 MiB, but an executor of the application wants 256 MiB"],
  ])("%s with executors of %s is refused: %s", async (master, memory, code, message) => {
    const sc = new SparkContext({ master, conf: { "spark.executor.memory": memory } });
    await expect(sc.range(3).count()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await sc.stop();
  });
});

describe.skipIf(program === undefined)(`local-cluster on ${title}`, () => {
  it("counts on executor processes, and leaves nothing behind", async () => {
    const before = folders();
    const sc = new SparkContext({ master: "local-cluster[2, 1, 512]", conf: settings });
    const pids = await sc
      .parallelize([1, 2, 3, 4], 4)
      .map(() => {
        const until = Date.now() + 300;
        while (Date.now() < until);
        return process.pid;
      })
      .collect();
    expect(new Set(pids).size).toBe(2);
    expect(pids).not.toContain(process.pid);
    const pairs = sc.range(10).map((n): [number, number] => [n % 7, n]);
    expect((await pairs.reduceByKey((a, b) => a + b).collectAsMap()).get(2)).toBe(11);
    await sc.stop();
    expect(folders()).toEqual(before);
    for (const pid of new Set(pids)) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("says why it cannot start", async () => {
    const sc = new SparkContext({ master: "local-cluster[1,1,999999999]", conf: settings });
    const message = expect.stringContaining("A worker cannot give 999999999 MiB");
    await expect(sc.range(3).count()).rejects.toMatchObject({ code: "LOCAL_CLUSTER_ENDED", message });
    await sc.stop();
  });

  it("ends with a driver that is killed", async () => {
    const before = folders();
    const driver = spawn(process.execPath, ["--conditions=@vonk/source", join(import.meta.dirname, "app", "holds-a-local-cluster.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const executor = Number(await new Promise<Buffer>((resolve) => driver.stdout.once("data", resolve)));
    expect(folders().length).toBe(before.length + 1);
    driver.kill("SIGKILL");
    for (let round = 0; round < 100 && folders().length > before.length; round++) await sleep(50);
    expect(folders()).toEqual(before);
    expect(() => process.kill(executor, 0)).toThrow("ESRCH");
  });
});
