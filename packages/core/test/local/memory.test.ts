import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkContext, type SparkListenerEvent, StorageLevels } from "../../src/index.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "memory-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function small(memory: string): SparkContext {
  return new SparkContext({ master: "local[2]", conf: { "spark.executor.memory": memory, "spark.local.dir": scratch } });
}

/** The files below the context's folder whose names begin with `prefix`. */
function filesOf(sc: SparkContext, prefix: string): string[] {
  const folder = join(scratch, `vonk-${sc.applicationId}`);
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(folder, name));
}

/** Changes one byte in the middle of a file. */
function damage(path: string): void {
  const at = statSync(path).size >> 1;
  const old = readFileSync(path)[at] ?? 0;
  const file = openSync(path, "r+");
  writeSync(file, Uint8Array.of(old ^ 0x10), 0, 1, at);
  closeSync(file);
}

/** Counts started tasks of a context. */
function tasksOf(sc: SparkContext): { started: number } {
  const tasks = { started: 0 };
  sc.addSparkListener((event: SparkListenerEvent) => {
    if (event.Event === "SparkListenerTaskStart") tasks.started++;
  });
  return tasks;
}

describe("cached blocks", () => {
  test("that do not fit are computed again, and no record is lost", async () => {
    await using sc = small("32m");
    const wide = sc
      .range(0, 600_000, 1, 2)
      .map((x) => `${x}`.padStart(100, "."))
      .cache();
    expect(await wide.count()).toBe(600_000);
    expect(await wide.count()).toBe(600_000);
    expect(await wide.map((text) => Number(text.replaceAll(".", ""))).reduce((a, b) => Math.max(a, b))).toBe(599_999);
  });

  test("of MEMORY_AND_DISK go to disk when they do not fit", async () => {
    await using sc = small("32m");
    const wide = sc
      .range(0, 600_000, 1, 8)
      .map((x) => `${x}`.padStart(100, "."))
      .persist(StorageLevels.MEMORY_AND_DISK);
    expect(await wide.count()).toBe(600_000);
    const computed = sc.longAccumulator();
    expect(await wide.filter(() => (computed.add(1), true)).count()).toBe(600_000);
    const [info] = await sc.getRDDStorageInfo();
    expect(info).toMatchObject({ cachedPartitions: 8 });
    expect(info?.diskBytes).toBeGreaterThan(20e6);
    expect(info?.memoryBytes).toBeLessThan(32e6);
  });

  test("give their memory back when they were computed from others that found no room", async () => {
    await using sc = small("32m");
    const freeBytes = async (): Promise<number> => (await sc.getExecutorMemoryStatus()).get("driver")?.freeBytes ?? 0;
    const before = await freeBytes();
    const wide = sc
      .range(0, 600_000, 1, 2)
      .map((x) => `${x}`.padStart(100, "."))
      .cache();
    const few = wide.filter((text) => text.endsWith("7")).cache();
    expect(await few.count()).toBe(60_000);
    // Which of the others find room depends on which thread is first.
    expect((await sc.getRDDStorageInfo()).find((info) => info.rddId === wide.id)?.cachedPartitions ?? 0).toBeLessThan(2);
    await few.unpersist();
    await wide.unpersist();
    await expect.poll(freeBytes).toBe(before);
  });

  test("are given up for newer ones, least recently used first", async () => {
    await using sc = small("64m");
    const make = (from: number) =>
      sc
        .range(from, from + 150_000, 1, 4)
        .map((x) => `${x}`.padStart(100, "."))
        .cache();
    const rdds = [make(0), make(1e6), make(2e6), make(3e6)];
    for (const rdd of rdds) expect(await rdd.count()).toBe(150_000);
    const stored = new Map((await sc.getRDDStorageInfo()).map((info) => [info.rddId, info.cachedPartitions]));
    expect(stored.get(rdds[3]?.id ?? -1)).toBe(4);
    expect(stored.get(rdds[0]?.id ?? -1) ?? 0).toBeLessThan(4);
    for (const rdd of rdds) expect(await rdd.count()).toBe(150_000);
  });

  test("of DISK_ONLY with a flipped byte are noticed and computed again", async () => {
    await using sc = small("64m");
    const computed = sc.longAccumulator();
    const rdd = sc
      .range(0, 100_000, 1, 2)
      .map((x) => (computed.add(1), x * 3))
      .persist(StorageLevels.DISK_ONLY);
    const sum = await rdd.reduce((a, b) => a + b);
    expect(computed.value).toBe(100_000);
    expect(await rdd.reduce((a, b) => a + b)).toBe(sum);
    expect(computed.value).toBe(100_000);
    const files = filesOf(sc, "rdd_");
    expect(files.length).toBe(2);
    damage(files[0] ?? "");
    expect(await rdd.reduce((a, b) => a + b)).toBe(sum);
    expect(computed.value).toBe(150_000);
    expect(await rdd.reduce((a, b) => a + b)).toBe(sum);
    expect(computed.value).toBe(150_000);
  });

  test("of DISK_ONLY are gone from disk after unpersist", async () => {
    await using sc = small("64m");
    const rdd = sc.range(0, 1000, 1, 2).persist(StorageLevels.DISK_ONLY);
    await rdd.count();
    expect(filesOf(sc, "rdd_").length).toBe(2);
    await rdd.unpersist();
    await expect.poll(() => filesOf(sc, "rdd_")).toEqual([]);
  });
});

describe("shuffles", () => {
  test("that do not fit the memory go to files", async () => {
    await using sc = small("32m");
    const pairs = sc.range(0, 400_000, 1, 4).map((x): [number, string] => [x, `${x}`.padStart(100, ".")]);
    const grouped = pairs.reduceByKey((a) => a, 4);
    expect(await grouped.count()).toBe(400_000);
    expect(filesOf(sc, "shuffle_").length).toBeGreaterThan(0);
    expect(await grouped.filter(([key, text]) => text.endsWith(`.${key}`)).count()).toBe(400_000);
  });

  test.each(["flipped", "deleted"])("whose file was %s are made again", async (how) => {
    await using sc = small("32m");
    const pairs = sc.range(0, 400_000, 1, 4).map((x): [number, string] => [x, `${x}`.padStart(100, ".")]);
    const shuffled = pairs.reduceByKey((a) => a, 4).map(([key]) => key);
    const sum = await shuffled.reduce((a, b) => a + b);
    const tasks = tasksOf(sc);
    expect(await shuffled.reduce((a, b) => a + b)).toBe(sum);
    await expect.poll(() => tasks.started).toBe(4);
    const [file = ""] = filesOf(sc, "shuffle_");
    if (how === "deleted") rmSync(file);
    else damage(file);
    expect(await shuffled.reduce((a, b) => a + b)).toBe(sum);
    expect(tasks.started).toBeGreaterThan(8);
    // What failed to be read while records are being collected is a failed fetch, too.
    damage(filesOf(sc, "shuffle_").at(-1) ?? "");
    expect((await shuffled.collect()).length).toBe(400_000);
  });
});

describe("operators spill and give right results", () => {
  const records = 1_200_000;

  test("only what is theirs: a heap full of other things does not have each batch spilled", async () => {
    await using sc = new SparkContext({ master: "local[1]", conf: { "spark.executor.memory": "256m", "spark.local.dir": scratch } });
    await sc.range(1).foreach(() => {
      (globalThis as { kept?: unknown }).kept = Array.from({ length: 1_500_000 }, (_, index) => [index]);
    });
    const counts = sc
      .range(0, 20_000, 1, 1)
      .map((x): [number, number] => [x % 1000, 1])
      .reduceByKey((a, b) => a + b, 2);
    expect(await counts.count({ timeoutMs: 15_000 })).toBe(1000);
  });

  test("reduceByKey of many keys", async () => {
    await using sc = small("160m");
    const counts = sc
      .range(0, records, 1, 4)
      .map((x): [string, number] => [`key ${x % (records / 2)}`, 1])
      .reduceByKey((a, b) => a + b, 2);
    expect(await counts.filter(([, count]) => count === 2).count()).toBe(records / 2);
  });

  test("groupByKey", async () => {
    await using sc = small("160m");
    const groups = sc
      .range(0, records, 1, 4)
      .map((x): [number, string] => [x % 50_000, `value ${x}`])
      .groupByKey(2);
    const wrong = groups.filter(([key, group]) => {
      const numbers = [...group].map((text) => Number(text.slice(6)));
      return numbers.length !== records / 50_000 || numbers.some((x) => x % 50_000 !== key);
    });
    expect(await wrong.count()).toBe(0);
    expect(await groups.count()).toBe(50_000);
  });

  test("sortBy", async () => {
    await using sc = small("160m");
    const sorted = sc
      .range(0, records, 1, 4)
      .map((x) => ({ key: (x * 7919) % records, text: `record ${x}` }))
      .sortBy((record) => record.key, true, 2);
    const ends = await sorted
      .mapPartitions((part) => {
        let first = -1;
        let last = -1;
        let count = 0;
        let sorted = true;
        for (const { key } of part) {
          if (first < 0) first = key;
          if (key < last) sorted = false;
          last = key;
          count++;
        }
        return [{ first, last, count, sorted }];
      })
      .collect();
    expect(ends.every((end) => end.sorted)).toBe(true);
    expect(ends.reduce((sum, end) => sum + end.count, 0)).toBe(records);
    expect(ends[0]?.first).toBe(0);
    expect(ends[0]?.last).toBeLessThan(ends[1]?.first ?? 0);
    expect(ends[1]?.last).toBe(records - 1);
  });
});

describe.runIf(process.env["VONK_SLOW_TESTS"] === "1")("slow", () => {
  test("more than 2^24 keys", { timeout: 600_000 }, async () => {
    await using sc = new SparkContext({ master: "local[2]", conf: { "spark.executor.memory": "3g", "spark.local.dir": scratch } });
    const keys = 2 ** 24 + 100_000;
    const counts = sc
      .range(0, keys, 1, 4)
      .map((x): [number, number] => [x, 1])
      .reduceByKey((a, b) => a + b, 1);
    expect(await counts.count()).toBe(keys);
  });
});

test("broadcasts reach every task once and can be large", async () => {
  await using sc = small("64m");
  const table = new Map(Array.from({ length: 50_000 }, (_, index) => [`key ${index}`, index * 2]));
  const broadcast = sc.broadcast(table);
  const found = sc.range(0, 1000, 1, 8).map((x) => broadcast.value.get(`key ${x * 7}`) ?? -1);
  expect(await found.reduce((a, b) => a + b)).toBe(999 * 1000 * 7);
  expect(broadcast.value).toBe(table);
  await broadcast.unpersist();
  expect(await found.count()).toBe(1000);
});

test("files of the context are gone after stop", async () => {
  const sc = small("64m");
  writeFileSync(join(scratch, "mine.txt"), "stays");
  await sc.range(0, 1000, 1, 2).persist(StorageLevels.DISK_ONLY).count();
  await sc.stop();
  expect(readdirSync(scratch)).toEqual(["mine.txt"]);
});
