import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SparkContext, SparkFiles, type StorageLevel, StorageLevels } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let sc: SparkContext;

beforeAll(() => {
  sc = new SparkContext({
    master: "thread:2",
    conf: { "vonk.cluster.manager": new URL("thread-cluster.ts", import.meta.url).href, "vonk.shuffle.store": "files" },
  });
});
afterAll(() => sc.stop());

const words = Array.from({ length: 20_000 }, (_, index) => `word${index % 977}`);

describe("executors that share nothing with the driver", () => {
  it("counts words over a shuffle", async () => {
    const counts = await sc
      .parallelize(words, 8)
      .map((word) => [word, 1] as [string, number])
      .reduceByKey((a, b) => a + b, 5)
      .collect();
    expect(counts).toHaveLength(977);
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(20_000);
    expect(new Map(counts).get("word3")).toBe(21);
  });

  it("runs tasks on both executors", async () => {
    const executors = await sc.statusTracker.getExecutorInfos();
    expect(executors.map((executor) => executor.executorId).toSorted()).toEqual(["0", "1"]);
  });

  it("reads a broadcast, adds to an accumulator, sorts, joins", async () => {
    const weights = sc.broadcast(
      new Map([
        ["a", 2],
        ["b", 3],
      ]),
    );
    const seen = sc.longAccumulator("seen");
    const left = sc.parallelize(["a", "b", "a", "c"], 4).map((key) => {
      seen.add(1);
      return [key, weights.value.get(key) ?? 0] as [string, number];
    });
    const right = sc.parallelize(
      [
        ["a", "x"],
        ["c", "y"],
      ] as [string, string][],
      2,
    );
    expect(await left.join(right, 3).sortByKey().collect()).toEqual([
      ["a", [2, "x"]],
      ["a", [2, "x"]],
      ["c", [0, "y"]],
    ]);
    expect(seen.value).toBe(4);
  });

  it("returns large results", async () => {
    const arrays = await sc
      .parallelize([1, 2], 2)
      .map((n) => new Float64Array(200_000).fill(n))
      .collect();
    expect(arrays.map((array) => array.length * (array[5] ?? 0))).toEqual([200_000, 400_000]);
  });

  it("fetches results and broadcasts that are larger than a message should be", async () => {
    const weights = sc.broadcast(new Float64Array(1_500_000).fill(2));
    const sums = await sc
      .parallelize([0, 1, 2, 3], 4)
      .map((at) => weights.value.subarray(at).length)
      .collect();
    expect(sums).toEqual([1_500_000, 1_499_999, 1_499_998, 1_499_997]);
    const [first, ...others] = await sc
      .parallelize([1, 2, 3], 3)
      .mapPartitions(([n]) => Array.from({ length: 40 }, () => new Float64Array(40_000).fill(n ?? 0)))
      .glom()
      .collect();
    expect(first).toHaveLength(40);
    expect(others.map((arrays) => arrays.length * (arrays[39]?.[39_999] ?? 0))).toEqual([80, 120]);
    await expect(
      sc
        .parallelize([1], 1)
        .map(() => new Float64Array(2_000_000))
        .collect({ timeoutMs: 20_000 }),
    ).resolves.toHaveLength(1);
  });

  it("reads a cached partition of another executor instead of computing it again", async () => {
    const computed = sc.longAccumulator("computed");
    const cached = sc
      .parallelize(words, 2)
      .map((word) => {
        computed.add(1);
        return word.length;
      })
      .persist(StorageLevels.MEMORY_ONLY);
    const total = await cached.sum();
    expect(computed.value).toBe(words.length);
    // All partitions in one task: at least one of them lies with the other executor.
    expect(await cached.coalesce(1).sum()).toBe(total);
    expect(computed.value).toBe(words.length);
    await cached.unpersist();
  });

  it("keeps two copies at a level that asks for them", async () => {
    const bytesOf = async (level: StorageLevel): Promise<() => Promise<number>> => {
      const cached = sc.parallelize(words, 4).persist(level);
      await cached.count();
      return async () => (await sc.getRDDStorageInfo()).find(({ rddId }) => rddId === cached.id)?.memoryBytes ?? 0;
    };
    const single = await (await bytesOf(StorageLevels.MEMORY_AND_DISK))();
    await expect.poll(await bytesOf(StorageLevels.MEMORY_AND_DISK_2)).toBe(2 * single);
  });

  it("gives tasks copies of added files, also of those that come later", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vonk-added-"));
    mkdirSync(join(folder, "tables", "deep"), { recursive: true });
    writeFileSync(join(folder, "first.txt"), "one");
    writeFileSync(join(folder, "tables", "deep", "large.bin"), new Uint8Array(9_000_000).fill(7));
    const read = (name: string): Promise<number[]> =>
      sc
        .parallelize([0, 1, 2, 3], 4)
        .map(() => readFileSync(SparkFiles.get(name)).length)
        .collect();
    sc.addFile(join(folder, "first.txt"));
    expect(await read("first.txt")).toEqual([3, 3, 3, 3]);
    sc.addFile(join(folder, "tables"), true);
    expect(await read("tables/deep/large.bin")).toEqual([9e6, 9e6, 9e6, 9e6]);
    rmSync(folder, { recursive: true });
  });

  it("caches where it computes", async () => {
    const cached = sc
      .parallelize(words, 4)
      .map((word) => word.length)
      .cache();
    expect(await cached.sum()).toBe(await cached.sum());
    const [info] = await sc.getRDDStorageInfo();
    expect(info?.cachedPartitions).toBe(4);
    await cached.unpersist();
  });
});

describe("a cluster that cannot be used", () => {
  it("fails jobs with the reason, and stops", async () => {
    const manager = new URL("no-manager.ts", import.meta.url).href;
    const broken = new SparkContext({ master: "thread:1", conf: { "vonk.cluster.manager": manager } });
    await expect(broken.range(3).count()).rejects.toMatchObject({ code: "CLUSTER_MANAGER_INVALID" });
    await broken.stop();
  });
});
