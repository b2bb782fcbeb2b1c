import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { HashPartitioner, type RDD, SparkContext, StorageLevels } from "../index.ts";

const scratch = mkdtempSync(join(tmpdir(), "stored-output-"));
const sc = new SparkContext({ master: "local[2]" });
afterAll(async () => {
  await sc.stop();
  rmSync(scratch, { recursive: true });
});

let folders = 0;
const fresh = (): string => join(scratch, `out${folders++}`);
const pairs = sc.parallelize<[string, number]>(
  [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ],
  3,
);

describe("saveAsTextFile", () => {
  test("a file a partition, a line a record, and _SUCCESS", async () => {
    const path = fresh();
    await sc.parallelize<unknown>(["text", 5, null, [1, "a"], { x: 1n }, new Date(0)], 4).saveAsTextFile(path);
    expect(readdirSync(path).toSorted()).toEqual(["_SUCCESS", "part-00000", "part-00001", "part-00002", "part-00003"]);
    expect(readFileSync(join(path, "part-00000"), "utf8")).toBe("text\n");
    expect((await sc.textFile(path).collect()).slice(0, 5)).toEqual(["text", "5", "null", '[1,"a"]', '{"x":"1"}']);
  });

  test("compressed", async () => {
    for (const codec of ["gzip", "zstd"] as const) {
      const path = fresh();
      await sc.range(0, 1000, 1, 2).saveAsTextFile(path, codec);
      expect(await sc.textFile(path).map(Number).sum()).toBe(499_500);
      if (codec === "gzip")
        expect(
          gunzipSync(readFileSync(join(path, "part-00000.gz")))
            .toString()
            .startsWith("0\n1\n"),
        ).toBe(true);
    }
    await expect(pairs.saveAsTextFile(fresh(), "lz4" as "gzip")).rejects.toThrowError(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  test("empty partitions and no partitions", async () => {
    const [some, none] = [fresh(), fresh()];
    await sc.parallelize(["x"], 3).saveAsTextFile(some);
    expect(await sc.textFile(some).collect()).toEqual(["x"]);
    await sc.emptyRDD().saveAsTextFile(none);
    expect(readdirSync(none)).toEqual(["_SUCCESS"]);
  });

  test("an existing folder is refused and left alone", async () => {
    const path = fresh();
    mkdirSync(path);
    await expect(pairs.saveAsTextFile(path)).rejects.toThrowError(expect.objectContaining({ code: "OUTPUT_EXISTS" }));
    expect(readdirSync(path)).toEqual([]);
  });

  test("of a failed job nothing is there", async () => {
    const path = fresh();
    const failing = sc.range(0, 8, 1, 4).map((x) => {
      if (x === 7) throw new Error("broken");
      return x;
    });
    await expect(failing.saveAsTextFile(path)).rejects.toThrowError(/broken/);
    expect(existsSync(path)).toBe(false);
  });
});

test("saveAsObjectFile gives the records back", async () => {
  const path = fresh();
  const records = [1, "a", null, undefined, [1, [2]], { x: { y: 1 } }, new Date(5), 7n, NaN, new Uint8Array([1, 2])];
  await sc.parallelize<unknown>(records, 3).saveAsObjectFile(path);
  expect(await sc.objectFile(path).collect()).toEqual(records);
  const large = fresh();
  await sc
    .range(0, 50_000, 1, 2)
    .map((x): [number, string] => [x, `value ${x}`])
    .saveAsObjectFile(large);
  expect(await sc.objectFile<[number, string]>(large).keys().sum()).toBe(1_249_975_000);
});

describe("checkpoint", () => {
  test("needs a folder", () => {
    expect(() => pairs.map((x) => x).checkpoint()).toThrowError(expect.objectContaining({ code: "CHECKPOINT_DIR_MISSING" }));
  });

  test("is written after the first job, and cuts the lineage", async () => {
    sc.setCheckpointDir(join(scratch, "checkpoints"));
    const computed = sc.longAccumulator();
    const sums = pairs.reduceByKey((a, b) => a + b, 2).map(([key, value]): [string, number] => (computed.add(1), [key, value]));
    sums.checkpoint();
    expect([sums.isCheckpointed(), sums.getCheckpointFile()]).toEqual([false, undefined]);
    const child = sums.mapValues((x) => -x);
    const first = await child.collect();
    expect(sums.isCheckpointed()).toBe(true);
    expect(readdirSync(sums.getCheckpointFile() ?? "").toSorted()).toEqual(["_SUCCESS", "part-00000", "part-00001"]);
    expect(await sums.dependencies()).toEqual([]);
    const before = computed.value;
    expect(await child.collect()).toEqual(first);
    expect(await child.reduceByKey((a) => a).count()).toBe(3);
    expect(computed.value).toBe(before);
    sums.checkpoint();
    expect(await sums.count()).toBe(3);
  });

  test("keeps the partitioner, and empty partitions", async () => {
    const sums = pairs.reduceByKey((a, b) => a + b, 9);
    sums.checkpoint();
    await sums.count();
    expect((await sums.partitioner())?.numPartitions).toBe(9);
    expect(await sums.getNumPartitions()).toBe(9);
    expect((await sums.join(sums).dependencies()).every((each) => each.kind === "narrow")).toBe(true);
    expect(await sums.lookup("a")).toEqual([4]);
  });

  test("of a cached RDD does not compute it again", async () => {
    const computed = sc.longAccumulator();
    const rdd = sc
      .range(0, 10, 1, 2)
      .map((x) => (computed.add(1), x))
      .cache();
    rdd.checkpoint();
    expect(await rdd.sum()).toBe(45);
    expect(computed.value).toBe(10);
    await rdd.unpersist();
    expect(await rdd.sum()).toBe(45);
    expect(computed.value).toBe(10);
  });

  test("an iterative job whose lineage is cut again and again", async () => {
    let rdd = sc.range(0, 4, 1, 2).keyBy((x) => x % 2);
    for (let round = 1; round <= 6; round++) {
      rdd = rdd.mapValues((x) => x + 1).reduceByKey((a, b) => a + b, 2);
      if (round % 2 === 0) {
        rdd.checkpoint();
        await rdd.count();
        expect(await rdd.dependencies()).toEqual([]);
      }
    }
    expect((await rdd.values().collect()).toSorted((a, b) => a - b)).toEqual([9, 11]);
  });
});

describe("localCheckpoint", () => {
  test("stores all partitions and cuts the lineage", async () => {
    const computed = sc.longAccumulator();
    const rdd = sc
      .range(0, 10, 1, 5)
      .map((x) => (computed.add(1), x))
      .localCheckpoint();
    expect(await rdd.take(1)).toEqual([0]);
    expect(rdd.isCheckpointed()).toBe(true);
    expect(rdd.getStorageLevel()).toEqual(StorageLevels.MEMORY_AND_DISK);
    const before = computed.value;
    expect(await rdd.map((x) => x * 2).sum()).toBe(90);
    expect(computed.value).toBe(before);
    expect(await rdd.dependencies()).toEqual([]);
    expect(rdd.getCheckpointFile()).toBeUndefined();
  });

  test("a lost block is told", async () => {
    const rdd = sc
      .range(0, 10, 1, 2)
      .map((x) => x)
      .localCheckpoint();
    await rdd.count();
    await rdd.unpersist();
    await expect(rdd.count()).rejects.toThrowError(
      expect.objectContaining({ cause: expect.objectContaining({ code: "CHECKPOINT_BLOCK_LOST" }) }),
    );
  });
});

describe("lineage", () => {
  test("toDebugString shows stages, levels and what is stored", async () => {
    const counts = pairs
      .reduceByKey((a, b) => a + b, 2)
      .setName("counts")
      .persist(StorageLevels.MEMORY_AND_DISK);
    const joined = counts.join(pairs.groupByKey(3)).mapValues(() => 1);
    await counts.count();
    const text = (await joined.toDebugString())
      .replaceAll(/\[\d+\] at (\w+) at [\w.-]+:\d+/g, " at $1")
      .replaceAll(/Size: [\d.]+ \w+/g, "Size: n");
    expect(text).toBe(
      [
        "(3) MapPartitionsRDD at mapValues []",
        " |  CoGroupedRDD at join []",
        " +-(2) counts ShuffledRDD at reduceByKey [Disk Memory Deserialized 1x Replicated]",
        " |  |      CachedPartitions: 2; MemorySize: n; DiskSize: n",
        " |  +-(3) ParallelCollectionRDD at parallelize []",
        " |  ShuffledRDD at groupByKey []",
        " +-(3) ParallelCollectionRDD at parallelize []",
      ].join("\n"),
    );
  });

  test("toDebugString names Spark's classes", async () => {
    const placed = pairs.partitionBy(new HashPartitioner(2));
    const rdds = [
      pairs.sample(false, 0.5),
      pairs.sample(true, 0.5),
      pairs.sampleByKey(false, [["a", 0.5]]),
      pairs.sampleByKeyExact(false, [["a", 0.5]]),
      pairs.randomSplit([1, 1])[0] as RDD<unknown>,
      pairs.keys().pipe("cat"),
      sc.emptyRDD(),
      pairs.union(pairs),
      placed.union(placed.mapValues((x) => x)),
      placed.union(pairs),
    ];
    const names = await Promise.all(rdds.map(async (rdd) => /\w+RDD/.exec(await rdd.toDebugString())?.[0]));
    expect(names).toEqual([
      "PartitionwiseSampledRDD",
      "PartitionwiseSampledRDD",
      "MapPartitionsRDD",
      "MapPartitionsRDD",
      "MapPartitionsRDD",
      "PipedRDD",
      "EmptyRDD",
      "UnionRDD",
      "PartitionerAwareUnionRDD",
      "UnionRDD",
    ]);
  });

  test("toDebugString shows the stored copy behind a checkpointed RDD", async () => {
    const plain = async (rdd: RDD<unknown>): Promise<string[]> =>
      (await rdd.toDebugString()).replaceAll(/\[\d+\] at (\w+) at [\w.-]+:\d+/g, " at $1").split("\n");
    sc.setCheckpointDir(fresh());
    const reliable = pairs.mapValues((x) => x + 1);
    reliable.checkpoint();
    await reliable.count();
    expect(await plain(reliable)).toEqual(["(3) MapPartitionsRDD at mapValues []", " |  ReliableCheckpointRDD at count []"]);
    const local = pairs.groupByKey(2).localCheckpoint();
    await local.collect();
    const text = await plain(local.keys().distinct(1));
    expect(text.slice(1).map((line) => line.replace(/Size: .*/, "Size"))).toEqual([
      " +-(2) MapPartitionsRDD at distinct []",
      "    |  MapPartitionsRDD at keys []",
      "    |  ShuffledRDD at groupByKey [Disk Memory Deserialized 1x Replicated]",
      "    |      CachedPartitions: 2; MemorySize",
      "    |  LocalCheckpointRDD at collect []",
    ]);
  });

  test("a lineage of thousands of steps", async () => {
    let rdd = sc.range(0, 3, 1, 1).map((x) => x);
    for (let step = 0; step < 3000; step++) rdd = rdd.mapPartitions((records) => records);
    expect((await rdd.toDebugString()).split("\n")).toHaveLength(3002);
  });

  test("partitions, dependencies and cleaning of shuffles", async () => {
    const counts = pairs.reduceByKey((a, b) => a + b, 2);
    expect(await counts.partitions()).toEqual([{ index: 0 }, { index: 1 }]);
    expect((await counts.dependencies()).map((each) => each.kind)).toEqual(["shuffle"]);
    expect(await counts.count()).toBe(3);
    const mapped = counts.mapValues((x) => x);
    await mapped.cleanShuffleDependencies();
    expect(await mapped.count()).toBe(3);
    expect(await pairs.preferredLocations(0)).toEqual([]);
  });
});
