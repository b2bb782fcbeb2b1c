import type { RecordIterator } from "./record-iterator.ts";
import { afterAll, describe, expect, test } from "vitest";
import { HashPartitioner, SparkContext } from "../index.ts";
import { PartitionPruningRDD } from "./partition-pruning-rdd.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const numeric = (a: number, b: number): number => a - b;

describe("record by record", () => {
  test("map, filter, flatMap, keyBy and collectPartial", async () => {
    const rdd = sc.range(0, 6, 1, 3);
    expect(
      await rdd
        .map((x) => x * 2)
        .filter((x) => x % 4 === 0)
        .collect(),
    ).toEqual([0, 4, 8]);
    expect(await rdd.flatMap((x) => (x % 2 === 0 ? [x, x] : [])).collect()).toEqual([0, 0, 2, 2, 4, 4]);
    expect(await rdd.flatMap((x) => new Set([x])).count()).toBe(6);
    expect(await rdd.keyBy((x) => x % 2).first()).toEqual([0, 0]);
    expect(await rdd.collectPartial((x) => (x > 3 ? `${x}` : undefined)).collect()).toEqual(["4", "5"]);
    expect(await rdd.collectPartial((x) => (x > 3 ? null : undefined)).collect()).toEqual([null, null]);
  });

  test("async functions, and async steps behind one another", async () => {
    const rdd = sc.range(0, 5, 1, 2);
    expect(
      await rdd
        .map(async (x) => x + 1)
        .filter(async (x) => x > 2)
        .collect(),
    ).toEqual([3, 4, 5]);
    expect(await rdd.collectPartial(async (x) => (x > 3 ? x : undefined)).collect()).toEqual([4]);
    expect(
      await rdd
        .keyBy(async (x) => x % 2)
        .mapValues(async (x) => -x)
        .values()
        .sum(),
    ).toBe(-10);
  });

  test("an async step behind a cached RDD runs once", async () => {
    const calls = sc.longAccumulator();
    const rdd = sc
      .range(0, 6, 1, 2)
      .map(async (x) => (calls.add(1), x * 2))
      .cache();
    expect(await rdd.sum()).toBe(30);
    expect(await rdd.map((x) => x + 1).sum()).toBe(36);
    expect(await rdd.map(async (x) => x + 1).sum()).toBe(36);
    expect(calls.value).toBe(6);
  });

  test("of nothing", async () => {
    expect(
      await sc
        .emptyRDD<number>()
        .map((x) => x + 1)
        .collect(),
    ).toEqual([]);
    expect(
      await sc
        .parallelize<number>([], 3)
        .flatMap((x) => [x])
        .glom()
        .collect(),
    ).toEqual([[], [], []]);
  });
});

describe("partition by partition", () => {
  test("mapPartitions takes iterables, iterators and generators", async () => {
    const rdd = sc.range(0, 6, 1, 3);
    expect(await rdd.mapPartitions((records) => [[...records].length]).collect()).toEqual([2, 2, 2]);
    expect(await rdd.mapPartitionsWithIndex((partition, records) => records.map((x) => x * 10 + partition)).collect()).toEqual([
      0, 10, 21, 31, 42, 52,
    ]);
    expect(
      await rdd
        .mapPartitions(function* (records) {
          for (const x of records) yield -x;
        })
        .sum(),
    ).toBe(-15);
    expect(
      await rdd
        .mapPartitions(async function* (records) {
          for (const x of records) yield x;
        })
        .sum(),
    ).toBe(15);
  });

  test("mapPartitions keeps the partitioner only when told", async () => {
    const placed = sc
      .range(0, 6)
      .keyBy((x) => x)
      .partitionBy(new HashPartitioner(3));
    expect(await placed.mapPartitions((records) => records).partitioner()).toBeUndefined();
    expect(await placed.mapPartitions((records) => records, true).partitioner()).toEqual(new HashPartitioner(3));
  });

  test("evaluators are made once a task", async () => {
    const factor = 10;
    const factory = {
      createEvaluator() {
        let calls = 0;
        return {
          eval: (partition: number, records: RecordIterator<number>) => (calls++, records.map((x) => x * factor + partition + calls)),
        };
      },
    };
    expect(await sc.range(0, 4, 1, 2).mapPartitionsWithEvaluator(factory).collect()).toEqual([1, 11, 22, 32]);
    const zipped = {
      createEvaluator: () => ({
        eval: (_partition: number, ...inputs: RecordIterator<number>[]) => inputs.flatMap((input) => [...input]),
      }),
    };
    expect(
      await sc
        .range(0, 4, 1, 2)
        .zipPartitionsWithEvaluator(sc.range(4, 8, 1, 2), zipped)
        .glom()
        .collect(),
    ).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ]);
  });

  test("glom, zipWithIndex and zipWithUniqueId", async () => {
    const rdd = sc.parallelize(["a", "b", "c", "d"], 3);
    expect(await rdd.glom().collect()).toEqual([["a"], ["b"], ["c", "d"]]);
    expect(await rdd.zipWithIndex().collect()).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 2],
      ["d", 3],
    ]);
    expect(await rdd.zipWithUniqueId().collect()).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 2],
      ["d", 5],
    ]);
    expect(await sc.emptyRDD().zipWithIndex().collect()).toEqual([]);
    expect(await sc.parallelize([7], 4).zipWithIndex().collect()).toEqual([[7, 0]]);
  });

  test("pruning reads no other partition", async () => {
    const rdd = sc.range(0, 4, 1, 4).map((x) => {
      if (x !== 2) throw new Error("read");
      return x;
    });
    expect(await PartitionPruningRDD.create(rdd, (partition) => partition === 2).collect()).toEqual([2]);
  });
});

describe("pipe", () => {
  test("a partition's lines through a command", async () => {
    expect(await sc.parallelize(["b", "a", "c"], 2).pipe("sort -r").collect()).toEqual(["b", "c", "a"]);
    const options = {
      printPipeContext: (print: (line: string) => void) => print("head"),
      printRDDElement: (record: number, print: (line: string) => void) => print(`<${record}>`),
      separateWorkingDir: true,
    };
    const lines = await sc.range(0, 2, 1, 1).pipe(["sh", "-c", "echo $NAME; ls | wc -l; cat"], { NAME: "vonk" }, options).collect();
    expect(lines.map((line) => line.trim())).toEqual(["vonk", "0", "head", "<0>", "<1>"]);
  });

  test("a command that reads nothing, and one that fails", async () => {
    expect(await sc.range(0, 200_000, 1, 1).pipe("echo done").collect()).toEqual(["done"]);
    await expect(sc.range(0, 2).pipe(["sh", "-c", "echo oops >&2; exit 3"]).count()).rejects.toThrowError(
      expect.objectContaining({
        cause: expect.objectContaining({
          code: "PIPE_FAILED",
          params: expect.objectContaining({ status: "exit status 3", stderr: "oops" }),
        }),
      }),
    );
    await expect(sc.range(0, 2).pipe("no-such-command-here").count()).rejects.toThrowError(/no-such-command-here/);
    expect(() => sc.range(0, 2).pipe("  ")).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("samples", () => {
  test("sample keeps about the fraction, by seed", async () => {
    const rdd = sc.range(0, 20_000, 1, 4);
    for (const withReplacement of [false, true]) {
      const kept = await rdd.sample(withReplacement, 0.3, 7).collect();
      expect(Math.abs(kept.length - 6000)).toBeLessThan(350);
      expect(await rdd.sample(withReplacement, 0.3, 7).collect()).toEqual(kept);
      expect(await rdd.sample(withReplacement, 0.3, 8).collect()).not.toEqual(kept);
      expect(new Set(kept).size === kept.length).toBe(!withReplacement);
      expect(await rdd.sample(withReplacement, 0).count()).toBe(0);
    }
    expect(await rdd.sample(false, 1).count()).toBe(20_000);
    expect(Math.abs((await rdd.sample(true, 3, 1).count()) - 60_000)).toBeLessThan(1300);
  });

  test("equal seeds draw different numbers in different partitions", async () => {
    const places = await sc
      .range(0, 4000, 1, 4)
      .sample(false, 0.1, 1)
      .map((x) => x % 1000)
      .collect();
    expect(new Set(places).size).toBeGreaterThan(places.length * 0.7);
  });

  test("randomSplit gives every record to one part", async () => {
    const parts = sc.range(0, 10_000, 1, 3).randomSplit([1, 2, 1, 0], 5);
    const records = await Promise.all(parts.map((part) => part.collect()));
    expect(records.flat().toSorted(numeric)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(Math.abs((records[1]?.length ?? 0) - 5000)).toBeLessThan(250);
    expect(records[3]).toEqual([]);
  });

  test("bad arguments are refused", () => {
    const rdd = sc.range(0, 3);
    const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    expect(() => rdd.sample(false, 1.1)).toThrowError(refused);
    expect(() => rdd.sample(true, -1)).toThrowError(refused);
    expect(() => rdd.sample(false, NaN)).toThrowError(refused);
    expect(() => rdd.randomSplit([])).toThrowError(refused);
    expect(() => rdd.randomSplit([1, -1])).toThrowError(refused);
    expect(() => rdd.repartition(0)).toThrowError(refused);
    expect(() => rdd.coalesce(1.5)).toThrowError(refused);
    expect(() => rdd.distinct(-1)).toThrowError(refused);
  });
});

describe("several RDDs", () => {
  test("union keeps order and repeats, and does without empty ones", async () => {
    const rdd = sc.parallelize([3, 1], 2);
    expect(await rdd.union(rdd).collect()).toEqual([3, 1, 3, 1]);
    expect(
      await sc
        .union(rdd, sc.emptyRDD<number>(), sc.range(0, 2, 1, 1))
        .glom()
        .collect(),
    ).toEqual([[3], [1], [0, 1]]);
    expect(await sc.union(sc.emptyRDD()).collect()).toEqual([]);
  });

  test("the union of RDDs with equal partitioners keeps it", async () => {
    const placed = sc
      .range(0, 6)
      .keyBy((x) => x)
      .partitionBy(new HashPartitioner(2));
    const both = placed.union(placed.mapValues((x) => -x));
    expect(await both.getNumPartitions()).toBe(2);
    expect(await both.partitioner()).toEqual(new HashPartitioner(2));
    expect(await both.values().sum()).toBe(0);
    expect(await both.count()).toBe(12);
  });

  test("intersection and subtract by value", async () => {
    const left = sc.parallelize<unknown>([[1, "a"], [1, "a"], { x: 1 }, null, NaN, -0, 5], 3);
    const right = sc.parallelize<unknown>([{ x: 1 }, [1, "a"], NaN, 0, null, 7], 2);
    expect((await left.intersection(right).collect()).length).toBe(5);
    expect(await left.intersection(right, 1).getNumPartitions()).toBe(1);
    expect(await left.subtract(right).collect()).toEqual([5]);
    expect(
      await sc
        .parallelize([1, 1, 2], 2)
        .subtract(sc.parallelize([2]))
        .collect(),
    ).toEqual([1, 1]);
    expect(await left.subtract(sc.emptyRDD(), new HashPartitioner(2)).count()).toBe(7);
    expect(await left.intersection(sc.emptyRDD()).count()).toBe(0);
  });

  test("cartesian pairs all, also with itself and with nothing", async () => {
    const rdd = sc.range(0, 3, 1, 2);
    expect(
      (await rdd.cartesian(sc.parallelize(["a", "b"], 2)).collect()).toSorted(([a, x], [b, y]) => a - b || x.localeCompare(y)),
    ).toEqual([
      [0, "a"],
      [0, "b"],
      [1, "a"],
      [1, "b"],
      [2, "a"],
      [2, "b"],
    ]);
    expect(await rdd.cartesian(rdd).getNumPartitions()).toBe(4);
    expect(await rdd.cartesian(rdd).count()).toBe(9);
    expect(await rdd.cartesian(sc.emptyRDD()).collect()).toEqual([]);
    expect(
      await sc
        .range(0, 9000, 1, 1)
        .cartesian(sc.range(0, 5000, 1, 1))
        .mapPartitions((pairs) => [pairs.next().value])
        .first(),
    ).toEqual([0, 0]);
  });

  test("zip refuses different partitions and lengths", async () => {
    const rdd = sc.range(0, 6, 1, 3);
    expect(await rdd.zip(rdd.map((x) => `${x}`)).collect()).toEqual(Array.from({ length: 6 }, (_, x) => [x, `${x}`]));
    await expect(rdd.zip(sc.range(0, 6, 1, 2)).count()).rejects.toThrowError(expect.objectContaining({ code: "PARTITIONS_DIFFER" }));
    await expect(rdd.zip(rdd.filter((x) => x !== 3)).count()).rejects.toThrowError(
      expect.objectContaining({ cause: expect.objectContaining({ code: "ZIP_LENGTHS_DIFFER" }) }),
    );
  });

  test("zipPartitions of two to four", async () => {
    const [a, b, c, d] = [sc.range(0, 2, 1, 2), sc.range(2, 4, 1, 2), sc.range(4, 6, 1, 2), sc.range(6, 8, 1, 2)];
    expect(await a.zipPartitions(b, (x, y) => [[...x, ...y]]).collect()).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(await a.zipPartitions(b, c, (x, y, z) => [[...x, ...y, ...z]]).collect()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(
      await a
        .zipPartitions(b, c, d, (w, x, y, z) => [...w, ...x, ...y, ...z])
        .glom()
        .collect(),
    ).toEqual([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ]);
    const placed = a.keyBy((x) => x).partitionBy(new HashPartitioner(2));
    expect(await placed.zipPartitions(b, (x) => x, true).partitioner()).toEqual(new HashPartitioner(2));
    expect(await placed.zipPartitions(b, (x) => x).partitioner()).toBeUndefined();
  });
});

describe("through a shuffle", () => {
  test("distinct by value", async () => {
    const day = new Date(0);
    const records = [
      1,
      1,
      -0,
      0,
      NaN,
      NaN,
      null,
      undefined,
      null,
      "1",
      [1, 2],
      [1, 2],
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      day,
      new Date(0),
      1n,
      true,
    ];
    expect((await sc.parallelize<unknown>(records, 5).distinct(3).collect()).length).toBe(11);
    expect(await sc.parallelize<unknown>(records, 5).distinct(3).getNumPartitions()).toBe(3);
    expect(await sc.emptyRDD().distinct().collect()).toEqual([]);
    expect(
      (
        await sc
          .range(0, 200_000, 1, 3)
          .map((x) => x % 70_001)
          .distinct(2)
          .collect()
      ).toSorted(numeric),
    ).toEqual(Array.from({ length: 70_001 }, (_, x) => x));
  });

  test("repartition deals out evenly, up and down", async () => {
    const rdd = sc.range(0, 100, 1, 2);
    for (const count of [1, 3, 10]) {
      const parts = await rdd.repartition(count).glom().collect();
      expect(parts.length).toBe(count);
      expect(parts.flat().toSorted(numeric)).toEqual(await rdd.collect());
      for (const part of parts) expect(Math.abs(part.length - 100 / count)).toBeLessThan(3);
    }
    expect(await sc.parallelize([1], 1).repartition(5).getNumPartitions()).toBe(5);
  });

  test("coalesce joins neighbours and never splits", async () => {
    const rdd = sc.range(0, 10, 1, 5);
    expect(await rdd.coalesce(2).glom().collect()).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7, 8, 9],
    ]);
    expect(await rdd.coalesce(7).getNumPartitions()).toBe(5);
    expect(await rdd.coalesce(7, true).getNumPartitions()).toBe(7);
    expect(await sc.emptyRDD().coalesce(3).getNumPartitions()).toBe(0);
    const forgets = {
      coalesce: () => [
        [0, 2],
        [1, 3],
      ],
    };
    await expect(rdd.coalesce(2, false, forgets).count()).rejects.toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    const oddEven = {
      coalesce: () => [
        [0, 2, 4],
        [1, 3],
      ],
    };
    expect(await rdd.coalesce(2, false, oddEven).glom().collect()).toEqual([
      [0, 1, 4, 5, 8, 9],
      [2, 3, 6, 7],
    ]);
  });

  test("groupBy and sortBy", async () => {
    const rdd = sc.range(0, 10, 1, 3);
    const groups = new Map(await rdd.groupBy((x) => x % 3, 2).collect());
    expect(groups.get(1)?.toSorted(numeric)).toEqual([1, 4, 7]);
    expect(await rdd.sortBy((x) => (x * 7) % 10).collect()).toEqual([0, 3, 6, 9, 2, 5, 8, 1, 4, 7]);
    expect(await rdd.sortBy((x) => x % 3, false).collect()).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6, 9]);
    expect(
      await rdd
        .sortBy(
          (x) => x,
          true,
          2,
          (a, b) => b - a,
        )
        .collect(),
    ).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });
});
