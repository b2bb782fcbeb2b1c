import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { SparkContext, SparkFiles } from "@vonk/core";
import { describe, expect, it } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function waitUntil(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    collectGarbage();
    await sleep(25);
    if (await holds()) return true;
  }
  return false;
}

describe("SparkContext", () => {
  it("frees stored partitions, shuffles and broadcasts that nothing refers to", async () => {
    await using sc = new SparkContext({ master: "local[2]", appName: "cleaner", conf: { "spark.executor.memory": "64m" } });
    const useAndForget = async (): Promise<void> => {
      const stored = sc.range(0, 20_000, 1, 2).cache();
      const table = sc.broadcast(Array.from({ length: 20_000 }, (_, index) => index));
      const summed = stored.map((number) => [number % 1000, table.value[number] ?? 0] as const).reduceByKey((a, b) => a + b);
      expect(await summed.count()).toBe(1000);
    };
    const usedBytes = async (): Promise<number> => {
      const memory = (await sc.getExecutorMemoryStatus()).get("driver");
      return memory === undefined ? 0 : memory.totalBytes - memory.freeBytes;
    };
    await useAndForget();
    expect(await usedBytes()).toBeGreaterThan(0);
    // A job afterwards, because task threads and scheduler let go of the old one's data then.
    expect(await sc.range(2).count()).toBe(2);
    expect(await waitUntil(async () => (await sc.getRDDStorageInfo()).length === 0 && (await usedBytes()) === 0)).toBe(true);
  });

  it("gives the running context again, and a new one after it has stopped", async () => {
    const first = SparkContext.getOrCreate({ master: "local[1]", appName: "one" });
    expect(SparkContext.getOrCreate({ master: "local[2]" })).toBe(first);
    await first.stop();
    await using second = SparkContext.getOrCreate({ master: "local[1]", appName: "two" });
    expect(second.appName).toBe("two");
  });

  it("hands files to tasks", async () => {
    await using sc = new SparkContext({ master: "local[1]", appName: "files" });
    sc.addFile(import.meta.filename);
    expect(sc.listFiles()).toEqual(["context.test.ts"]);
    const paths = await sc
      .parallelize(["context.test.ts"], 1)
      .map((name) => SparkFiles.get(name))
      .collect();
    expect(paths).toEqual([SparkFiles.get("context.test.ts")]);
    expect(() => sc.addFile("/no/such/file")).toThrow(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
    expect(() => sc.addFile(import.meta.dirname)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("unpacks archives for tasks", async () => {
    const folder = mkdtempSync(join(tmpdir(), "archives-"));
    try {
      writeFileSync(join(folder, "empty.tar"), new Uint8Array(1024));
      await using sc = new SparkContext({ master: "local[1]", appName: "archives" });
      sc.addArchive(join(folder, "empty.tar"));
      sc.addArchive(`${join(folder, "empty.tar")}#model`);
      sc.addArchive(`${pathToFileURL(join(folder, "empty.tar")).href}#other`);
      expect(sc.listArchives()).toEqual(["empty.tar", "model", "other"]);
      const found = await sc
        .parallelize(["empty.tar", "model", "other"], 1)
        .map((name) => SparkFiles.get(name))
        .collect();
      expect(found).toEqual(["empty.tar", "model", "other"].map((name) => join(SparkFiles.getRootDirectory(), name)));
      expect(() => sc.addArchive("/no/such.zip#x")).toThrow(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
      expect(() => sc.addArchive(`${join(folder, "empty.tar")}#..`)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
      expect(() => sc.addArchive(import.meta.filename)).toThrow(expect.objectContaining({ code: "ARCHIVE_UNREADABLE" }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("decodes a broadcast once a thread, and anew after unpersist", async () => {
    await using sc = new SparkContext({ master: "local[1]", appName: "broadcast" });
    const broadcast = sc.broadcast({ reads: 0 });
    const read = async (): Promise<number[]> =>
      sc
        .range(0, 1, 1, 1)
        .map(() => ++broadcast.value.reads)
        .collect();
    expect(await read()).toEqual([1]);
    expect(await read()).toEqual([2]);
    await broadcast.unpersist();
    expect(await read()).toEqual([1]);
    expect(broadcast.value.reads).toBe(0);
  });

  it("shows a call site of the user's choice", async () => {
    await using sc = new SparkContext({ master: "local[1]", appName: "site" });
    sc.setCallSite("the nightly job");
    expect(sc.range(1).callSite).toBe("the nightly job");
    sc.clearCallSite();
    expect(sc.range(1).callSite).toMatch(/^range at context\.test\.ts:\d+$/);
  });
});
