import { afterAll, describe, expect, test } from "vitest";
import { HashPartitioner, RangePartitioner, SparkContext } from "../index.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const scattered = sc.range(0, 10_000, 1, 4).map((x): [number, number] => [(x * 7919) % 10_007, x]);

describe("sortByKey", () => {
  test("orders within and across partitions, both ways", async () => {
    for (const ascending of [true, false]) {
      const rdd = scattered.sortByKey(ascending, 5);
      const keys = await rdd.keys().collect();
      expect(keys).toEqual(keys.toSorted((a, b) => (ascending ? a - b : b - a)));
      expect(keys.length).toBe(10_000);
      expect(await rdd.getNumPartitions()).toBe(5);
      const sizes = await rdd
        .glom()
        .map((part) => part.length)
        .collect();
      for (const size of sizes) expect(Math.abs(size - 2000)).toBeLessThan(1500);
    }
  });

  test("is stable", async () => {
    const rdd = sc.range(0, 2000, 1, 3).map((x): [number, number] => [x % 3, x]);
    const values = await rdd.sortByKey(true, 4).values().collect();
    expect(values).toEqual([0, 1, 2].flatMap((rest) => Array.from({ length: 2000 }, (_, x) => x).filter((x) => x % 3 === rest)));
    const texts = rdd
      .map(([key, value]): [string, number] => [`k${key}`, value])
      .sortByKey(false)
      .values();
    expect(await texts.collect()).toEqual(
      [2, 1, 0].flatMap((rest) => Array.from({ length: 2000 }, (_, x) => x).filter((x) => x % 3 === rest)),
    );
  });

  test("numbers with NaN, infinities and zeros", async () => {
    const keys = [3, NaN, -Infinity, 0, -0, Infinity, -5, 1e-300, NaN];
    const rdd = sc.parallelize(keys, 3).map((key): [number, null] => [key, null]);
    expect(await rdd.sortByKey().keys().collect()).toEqual([-Infinity, -5, 0, -0, 1e-300, 3, Infinity, NaN, NaN]);
    expect(await rdd.sortByKey(false, 2).keys().collect()).toEqual([NaN, NaN, Infinity, 3, 1e-300, 0, -0, -5, -Infinity]);
  });

  test("keys of all types in the documented order", async () => {
    const keys = ["b", 1, null, [1, 2], undefined, { a: 1 }, true, 2n, new Date(3), "a", [1], -1];
    const sorted = await sc
      .parallelize<unknown>(keys, 5)
      .map((key): [unknown, number] => [key, 0])
      .sortByKey(true, 3)
      .keys()
      .collect();
    expect(sorted).toEqual([undefined, null, true, -1, 1, 2n, "a", "b", new Date(3), [1], [1, 2], { a: 1 }]);
  });

  test("by a function of the user's, with variables", async () => {
    const sign = -1;
    const rdd = sc.parallelize(["bb", "a", "dddd", "ccc"], 2).map((key): [string, number] => [key, key.length]);
    expect(
      await rdd
        .sortByKey(true, 3, (a, b) => sign * (a.length - b.length))
        .keys()
        .collect(),
    ).toEqual(["dddd", "ccc", "bb", "a"]);
    expect(
      await rdd
        .sortByKey(false, 3, (a, b) => sign * (a.length - b.length))
        .keys()
        .collect(),
    ).toEqual(["a", "bb", "ccc", "dddd"]);
  });

  test("of nothing, of one key, of few keys for many partitions", async () => {
    expect(await sc.parallelize<[number, number]>([], 3).sortByKey().collect()).toEqual([]);
    expect(await sc.emptyRDD<[number, number]>().sortByKey().collect()).toEqual([]);
    expect(
      await sc
        .range(0, 50, 1, 4)
        .map((x): [number, number] => [1, x])
        .sortByKey(true, 8)
        .values()
        .collect(),
    ).toEqual(Array.from({ length: 50 }, (_, x) => x));
    expect(
      await sc
        .parallelize<[number, number]>(
          [
            [2, 0],
            [1, 0],
          ],
          2,
        )
        .sortByKey(true, 50)
        .keys()
        .collect(),
    ).toEqual([1, 2]);
    expect(() => scattered.sortByKey(true, 0)).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  test("a partition that is much larger than the others is sampled again", async () => {
    const skewed = sc
      .range(0, 40, 1, 40)
      .flatMap((x) =>
        x === 0 ? Array.from({ length: 60_000 }, (_, each): [number, number] => [each, 0]) : ([[-x, 0]] as [number, number][]),
      );
    const sizes = await skewed
      .sortByKey(true, 20)
      .glom()
      .map((part) => part.length)
      .collect();
    // 400 keys lead to sizes of 3000 ± 650; of the 30 of the first round alone one would be larger than 7500, most likely.
    for (const size of sizes) expect(size).toBeLessThan(7500);
  });

  test("as large as needs several blocks, with text keys and with numbers beside text", async () => {
    const texts = sc.range(0, 60_000, 1, 3).map((x): [string, number] => [`key ${(x * 7919) % 60_000}`, x]);
    const keys = await texts.sortByKey(true, 2).keys().collect();
    expect(keys).toEqual(keys.toSorted());
    const mixed = sc.range(0, 60_000, 1, 3).map((x): [unknown, number] => [x % 30_001 === 0 ? "text" : (x * 7919) % 60_000, x]);
    const some = await mixed.sortByKey(true, 2).keys().collect();
    expect(some.slice(-2)).toEqual(["text", "text"]);
    expect(some.slice(0, -2)).toEqual((some.slice(0, -2) as number[]).toSorted((a, b) => a - b));
  });
});

describe("filterByRange", () => {
  test("includes both ends and reads only partitions that may hold them", async () => {
    const computed = sc.longAccumulator();
    const sorted = sc
      .range(0, 1000, 1, 4)
      .keyBy((x) => x)
      .sortByKey(true, 10)
      .mapPartitions((records) => (computed.add(1), records), true);
    expect(await sorted.filterByRange(100, 149).keys().collect()).toEqual(Array.from({ length: 50 }, (_, x) => x + 100));
    expect(computed.value).toBeLessThan(4);
    const descending = sc
      .range(0, 1000, 1, 4)
      .keyBy((x) => x)
      .sortByKey(false, 10);
    expect(await descending.filterByRange(100, 102).keys().collect()).toEqual([102, 101, 100]);
    expect(await descending.filterByRange(100, 102).getNumPartitions()).toBeLessThan(4);
  });

  test("of an RDD that is not in ranges looks at all", async () => {
    expect((await scattered.filterByRange(5, 7).keys().collect()).toSorted((a, b) => a - b)).toEqual([5, 6, 7]);
    expect(await scattered.filterByRange(7, 5).count()).toBe(0);
    expect(await scattered.filterByRange(7, 5, (a, b) => b - a).count()).toBe(3);
    const byLastDigit = (a: number, b: number): number => (a % 10) - (b % 10);
    const sorted = scattered.sortByKey(true, 5, byLastDigit);
    expect(await sorted.filterByRange(100, 149).count()).toBe(50);
    expect(
      await sorted
        .filterByRange(2, 3, byLastDigit)
        .keys()
        .filter((key) => key % 10 < 2 || key % 10 > 3)
        .count(),
    ).toBe(0);
    expect(await sorted.filterByRange(2, 3, byLastDigit).getNumPartitions()).toBeLessThan(5);
  });
});

describe("repartitionAndSortWithinPartitions", () => {
  test("places and sorts in one go", async () => {
    const rdd = scattered.repartitionAndSortWithinPartitions(new HashPartitioner(3));
    expect(await rdd.partitioner()).toEqual(new HashPartitioner(3));
    for (const keys of await rdd.keys().glom().collect()) expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    const bounds = new RangePartitioner([100, 5000], true);
    const parts = await scattered
      .repartitionAndSortWithinPartitions(bounds, (a, b) => b - a)
      .keys()
      .glom()
      .collect();
    expect(parts.map((part) => part[0])).toEqual([100, 5000, 10_006]);
    expect(parts.map((part) => part.at(-1))).toEqual([0, 101, 5001]);
  });
});
