import { SparkContext } from "@vonk/core";
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
