import { afterAll, describe, expect, test } from "vitest";
import { HashPartitioner, Partitioner, type RDD, SparkContext } from "../index.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const pairs = sc.parallelize<[string, number]>(
  [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ],
  3,
);
const others = sc.parallelize<[string, string]>(
  [
    ["a", "x"],
    ["c", "y"],
    ["d", "z"],
    ["a", "w"],
  ],
  2,
);
const none = sc.parallelize<[string, string]>([], 2);

/** Records in an order of their own, to compare without regard to partitions. */
async function sorted<T>(rdd: RDD<T>): Promise<T[]> {
  return (await rdd.collect()).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

async function hasShuffle(rdd: RDD<unknown>): Promise<boolean> {
  return (await rdd.dependencies()).some((dependency) => dependency.kind === "shuffle");
}

class ParityPartitioner extends Partitioner {
  readonly numPartitions = 2;
  getPartition(key: unknown): number {
    return Number(key) % 2;
  }
  equals(other: Partitioner): boolean {
    return other instanceof ParityPartitioner;
  }
}

describe("values of equal keys combined", () => {
  test("reduceByKey, foldByKey, aggregateByKey, combineByKey, groupByKey", async () => {
    expect(await sorted(pairs.reduceByKey((a, b) => a + b))).toEqual([
      ["a", 4],
      ["b", 2],
      ["c", 4],
    ]);
    expect(await sorted(pairs.foldByKey(0, (a, b) => a + b, 1))).toEqual([
      ["a", 4],
      ["b", 2],
      ["c", 4],
    ]);
    const lists = pairs.aggregateByKey<string, number, number[]>(
      [],
      (list, value) => (list.push(value), list),
      (a, b) => [...a, ...b],
    );
    expect(await sorted(lists.mapValues((list) => list.toSorted((a, b) => a - b)))).toEqual([
      ["a", [1, 3]],
      ["b", [2]],
      ["c", [4]],
    ]);
    for (const mapSide of [true, false]) {
      const combined = pairs.combineByKey(
        (v) => `${v}`,
        (c, v) => `${c}+${v}`,
        (a, b) => `${a}|${b}`,
        2,
        mapSide,
      );
      expect((await combined.lookup("a"))[0]).toBe(mapSide ? "1|3" : "1+3");
    }
    expect(await sorted(pairs.groupByKey().mapValues((values) => values.toSorted((a, b) => a - b)))).toEqual([
      ["a", [1, 3]],
      ["b", [2]],
      ["c", [4]],
    ]);
  });

  test("a zero value is copied for each key", async () => {
    const rdd = sc
      .range(0, 20, 1, 2)
      .keyBy((x) => x % 5)
      .mapValues((x) => [x]);
    const folded = await rdd
      .foldByKey([], (a, b) => (a.push(...b), a))
      .mapValues((list) => list.length)
      .collectAsMap();
    expect([...folded.values()]).toEqual([4, 4, 4, 4, 4]);
  });

  test("keys by value: -0, NaN, null, tuples, objects, dates", async () => {
    const keys = [
      0,
      -0,
      NaN,
      NaN,
      null,
      null,
      undefined,
      [1, [2]],
      [1, [2]],
      { a: 1, b: [2] },
      { b: [2], a: 1 },
      new Date(5),
      new Date(5),
      1n,
      1,
      "1",
    ];
    const rdd = sc.parallelize(keys, 4).map((key): [unknown, number] => [key, 1]);
    const counts = await rdd.reduceByKey((a, b) => a + b, 3).collect();
    expect(counts.map(([, count]) => count).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(await rdd.countByKey()).toHaveProperty("size", 10);
    expect((await rdd.groupByKey(2).lookup([1, [2]])).length).toBe(1);
  });

  test("of nothing, and with more partitions than keys", async () => {
    expect(await none.reduceByKey((a, b) => a + b).collect()).toEqual([]);
    expect(await sc.emptyRDD<[string, number]>().groupByKey().collect()).toEqual([]);
    expect(
      (
        await pairs
          .reduceByKey((a, b) => a + b, 9)
          .glom()
          .collect()
      ).length,
    ).toBe(9);
  });

  test("countApproxDistinctByKey is near", async () => {
    const rdd = sc.range(0, 30_000, 1, 3).map((x): [string, number] => (x < 20_000 ? ["many", x] : ["few", x % 10]));
    const counts = await rdd.countApproxDistinctByKey(0.02).collectAsMap();
    expect(Math.abs((counts.get("many") ?? 0) - 20_000)).toBeLessThan(1500);
    expect(counts.get("few")).toBe(10);
    expect(() => rdd.countApproxDistinctByKey(0)).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("joins", () => {
  test("inner and outer, with repeats on both sides", async () => {
    const inner = [
      ["a", [1, "w"]],
      ["a", [1, "x"]],
      ["a", [3, "w"]],
      ["a", [3, "x"]],
      ["c", [4, "y"]],
    ];
    expect(await sorted(pairs.join(others))).toEqual(inner);
    expect(await sorted(pairs.leftOuterJoin(others))).toEqual([...inner.slice(0, 4), ["b", [2, undefined]], inner[4]]);
    expect(await sorted(pairs.rightOuterJoin(others, 5))).toEqual([...inner, ["d", [undefined, "z"]]]);
    expect(await sorted(pairs.fullOuterJoin(others, 1))).toEqual([
      ...inner.slice(0, 4),
      ["b", [2, undefined]],
      inner[4],
      ["d", [undefined, "z"]],
    ]);
  });

  test("with nothing and with itself", async () => {
    expect(await pairs.join(none).collect()).toEqual([]);
    expect(await none.join(pairs).collect()).toEqual([]);
    expect(await pairs.leftOuterJoin(none).count()).toBe(4);
    expect(await none.fullOuterJoin(none).count()).toBe(0);
    expect(await sorted(pairs.join(pairs).mapValues(([a, b]) => a * 10 + b))).toEqual([
      ["a", 11],
      ["a", 13],
      ["a", 31],
      ["a", 33],
      ["b", 22],
      ["c", 44],
    ]);
  });

  test("a key with very many values on both sides", async () => {
    const many = sc.range(0, 3000, 1, 2).map((x): [number, number] => [0, x]);
    expect(await many.join(many, 2).count()).toBe(9_000_000);
    expect(await many.leftOuterJoin(sc.parallelize<[number, number]>([[0, 1]], 1)).count()).toBe(3000);
  });

  test("undefined and null values are values", async () => {
    const left = sc.parallelize<[number, undefined]>(
      [
        [1, undefined],
        [2, undefined],
      ],
      2,
    );
    const right = sc.parallelize<[number, null]>([[1, null]], 1);
    expect(await sorted(left.fullOuterJoin(right))).toEqual([
      [1, [undefined, null]],
      [2, [undefined, undefined]],
    ]);
  });

  test("cogroup of two to four", async () => {
    expect(await sorted(pairs.cogroup(others, 2))).toEqual([
      [
        "a",
        [
          [1, 3],
          ["x", "w"],
        ],
      ],
      ["b", [[2], []]],
      ["c", [[4], ["y"]]],
      ["d", [[], ["z"]]],
    ]);
    expect(await pairs.cogroup(others, pairs).lookup("d")).toEqual([[[], ["z"], []]]);
    expect(await pairs.cogroup(others, none, others).lookup("c")).toEqual([[[4], ["y"], [], ["y"]]]);
    expect(await pairs.groupWith(others, none).lookup("b")).toEqual([[[2], [], []]]);
    expect(await pairs.cogroup(others, new HashPartitioner(7)).getNumPartitions()).toBe(7);
  });

  test("subtractByKey", async () => {
    expect(await sorted(pairs.subtractByKey(others))).toEqual([["b", 2]]);
    expect(await pairs.subtractByKey(none, 2).count()).toBe(4);
    expect(await none.subtractByKey(pairs).count()).toBe(0);
  });

  test("async steps on both sides run before the join", async () => {
    const left = pairs.mapValues(async (x) => x + 1);
    expect(
      await sorted(
        left
          .partitionBy(new HashPartitioner(2))
          .mapValues(async (x) => x)
          .join(others)
          .mapValues(async ([v]) => v),
      ),
    ).toHaveLength(5);
  });
});

describe("partitioners", () => {
  test("equal ones join without a shuffle", async () => {
    const left = pairs.groupByKey(2);
    const right = left.mapValues((values) => values.length);
    expect(await hasShuffle(left.join(right) as RDD<unknown>)).toBe(false);
    expect(await sorted(left.join(right).mapValues(([values, count]) => values.length === count))).toEqual([
      ["a", true],
      ["b", true],
      ["c", true],
    ]);
    expect(await hasShuffle(left.cogroup(others) as RDD<unknown>)).toBe(true);
    expect((await left.cogroup(others).dependencies()).filter((each) => each.kind === "shuffle")).toHaveLength(1);
    expect(await hasShuffle(left.reduceByKey((a) => a) as RDD<unknown>)).toBe(false);
    expect(await hasShuffle(left.partitionBy(new HashPartitioner(2)) as RDD<unknown>)).toBe(false);
    expect(await hasShuffle(left.reduceByKey((a) => a, 3) as RDD<unknown>)).toBe(true);
  });

  test("an aggregation where records lie right already", async () => {
    const placed = pairs.partitionBy(new HashPartitioner(2));
    expect(await sorted(placed.reduceByKey((a, b) => a + b))).toEqual([
      ["a", 4],
      ["b", 2],
      ["c", 4],
    ]);
    expect(await placed.groupByKey().lookup("a")).toEqual([[1, 3]]);
    expect(
      await placed
        .repartitionAndSortWithinPartitions(new HashPartitioner(2))
        .glom()
        .map((part) => part.map(([key]) => key))
        .collect(),
    ).toEqual(
      await placed
        .glom()
        .map((part) => part.map(([key]) => key).toSorted())
        .collect(),
    );
  });

  test("mapValues, flatMapValues and filter keep it, map and keys do not", async () => {
    const placed = pairs.partitionBy(new HashPartitioner(2));
    expect(
      await placed
        .mapValues((x) => x)
        .flatMapValues((x) => [x])
        .filter(() => true)
        .partitioner(),
    ).toEqual(new HashPartitioner(2));
    expect(await placed.map((x) => x).partitioner()).toBeUndefined();
    expect(await placed.keys().partitioner()).toBeUndefined();
    expect(await placed.sampleByKey(false, [["a", 1]]).partitioner()).toEqual(new HashPartitioner(2));
  });

  test("the largest known one is taken, unless it is far too small", async () => {
    const small = pairs.reduceByKey((a) => a, 2);
    const large = pairs.reduceByKey((a) => a, 5);
    expect(await small.join(large).getNumPartitions()).toBe(5);
    expect(await small.join(sc.range(0, 3, 1, 100).keyBy((x) => `${x}`)).getNumPartitions()).toBe(100);
    expect(await pairs.join(others).getNumPartitions()).toBe(3);
  });

  test("a partitioner of the user's", async () => {
    const placed = sc
      .range(0, 6, 1, 3)
      .keyBy((x) => x)
      .partitionBy(new ParityPartitioner());
    expect(await placed.values().glom().collect()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(await hasShuffle(placed.join(placed.mapValues((x) => -x)) as RDD<unknown>)).toBe(false);
    await expect(
      sc
        .range(-3, 0)
        .keyBy((x) => x)
        .partitionBy(new ParityPartitioner())
        .count(),
    ).rejects.toThrowError(/getPartition/);
  });
});

describe("samples", () => {
  test("sampleByKey by fractions", async () => {
    const rdd = sc.range(0, 30_000, 1, 3).keyBy((x) => x % 3);
    for (const withReplacement of [false, true]) {
      const counts = await rdd
        .sampleByKey(
          withReplacement,
          new Map([
            [0, 0.1],
            [1, 0.6],
          ]),
          3,
        )
        .countByKey();
      expect(Math.abs((counts.get(0) ?? 0) - 1000)).toBeLessThan(150);
      expect(Math.abs((counts.get(1) ?? 0) - 6000)).toBeLessThan(350);
      expect(counts.has(2)).toBe(false);
    }
    expect(() => rdd.sampleByKey(false, [[0, 2]])).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  test("sampleByKeyExact gives exactly the ceiling", async () => {
    const rdd = sc.range(0, 1000, 1, 5).keyBy((x) => ({ part: x % 3 }));
    for (const [withReplacement, fraction, expected] of [
      [false, 0.1, 34],
      [true, 0.1, 34],
      [false, 1, 334],
      [true, 2, 667],
      [false, 0, 0],
    ] as const) {
      const sample = rdd.sampleByKeyExact(
        withReplacement,
        [
          [{ part: 0 }, fraction],
          [{ part: 9 }, 0.5],
        ],
        11,
      );
      const records = await sample.collect();
      expect(records.length).toBe(fraction === 2 ? 668 : expected);
      expect(await sample.collect()).toEqual(records);
      if (!withReplacement) expect(new Set(records.map(([, x]) => x)).size).toBe(records.length);
    }
  });
});

describe("pairs to the driver", () => {
  test("countByKey, reduceByKeyLocally, collectAsMap, lookup, keys, values", async () => {
    expect(await pairs.countByKey()).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
        ["c", 1],
      ]),
    );
    expect(await pairs.reduceByKeyLocally((a, b) => a * 10 + b)).toEqual(
      new Map([
        ["a", 13],
        ["b", 2],
        ["c", 4],
      ]),
    );
    expect(await pairs.collectAsMap()).toEqual(
      new Map([
        ["a", 3],
        ["b", 2],
        ["c", 4],
      ]),
    );
    expect(await pairs.keys().collect()).toEqual(["a", "b", "a", "c"]);
    expect(await pairs.values().collect()).toEqual([1, 2, 3, 4]);
    expect(await pairs.lookup("a")).toEqual([1, 3]);
    expect(await pairs.lookup("nothing")).toEqual([]);
    expect(await none.countByKey()).toEqual(new Map());
  });

  test("lookup reads one partition when the partitioner is known", async () => {
    const read = sc.longAccumulator();
    const placed = sc
      .range(0, 100, 1, 4)
      .keyBy((x) => x)
      .partitionBy(new HashPartitioner(10))
      .mapPartitions((records) => (read.add(1), records), true);
    expect(await placed.lookup(42)).toEqual([42]);
    expect(read.value).toBe(1);
  });

  test("flatMapValues and mapValues", async () => {
    expect(
      await pairs
        .mapValues((x) => x * 2)
        .flatMapValues((x) => (x > 2 ? [x, -x] : []))
        .collect(),
    ).toEqual([
      ["b", 4],
      ["b", -4],
      ["a", 6],
      ["a", -6],
      ["c", 8],
      ["c", -8],
    ]);
    expect(await pairs.flatMapValues((x) => new Set([x])).count()).toBe(4);
  });
});

test("records that are no pairs are refused", async () => {
  const untyped = sc.range(0, 4) as unknown as RDD<[number, number]>;
  const refused = expect.objectContaining({ cause: expect.objectContaining({ code: "PAIR_EXPECTED" }) });
  await expect(untyped.groupByKey().count()).rejects.toThrowError(refused);
  await expect(untyped.join(untyped).count()).rejects.toThrowError(refused);
});
