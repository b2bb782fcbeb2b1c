import { afterAll, describe, expect, test } from "vitest";
import { type RDD, SparkContext, TaskContext } from "../index.ts";
import { StatCounter } from "./stat-counter.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const numeric = (a: number, b: number): number => a - b;
const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
const isEmpty = expect.objectContaining({ code: "EMPTY_COLLECTION" });
const empties = [sc.emptyRDD<number>(), sc.parallelize<number>([], 3)];

describe("records to the driver", () => {
  test("take reads as few partitions as it can", async () => {
    const read = sc.longAccumulator();
    const rdd = sc.range(0, 100, 1, 20).mapPartitions((records) => (read.add(1), records));
    expect(await rdd.take(3)).toEqual([0, 1, 2]);
    expect(read.value).toBe(1);
    expect(await rdd.take(12)).toEqual(Array.from({ length: 12 }, (_, x) => x));
    expect(read.value).toBeLessThan(7);
    expect(await rdd.filter((x) => x > 97).take(5)).toEqual([98, 99]);
    expect(await rdd.take(0)).toEqual([]);
    expect(await rdd.take(1000)).toHaveLength(100);
    for (const nothing of empties) expect(await nothing.take(3)).toEqual([]);
    expect(() => rdd.take(-1)).toThrowError(refused);
  });

  test("first, isEmpty", async () => {
    expect(await sc.parallelize([5, 6], 4).first()).toBe(5);
    expect(await sc.parallelize([undefined]).first()).toBeUndefined();
    expect(await sc.parallelize([1], 5).isEmpty()).toBe(false);
    for (const nothing of empties) {
      await expect(nothing.first()).rejects.toThrowError(isEmpty);
      expect(await nothing.isEmpty()).toBe(true);
      expect(await nothing.collect()).toEqual([]);
      expect(await nothing.count()).toBe(0);
    }
  });

  test("top, takeOrdered, min, max", async () => {
    const rdd = sc.parallelize([3, 1, 4, 1, 5, 9, 2, 6], 3);
    expect(await rdd.top(3)).toEqual([9, 6, 5]);
    expect(await rdd.takeOrdered(3)).toEqual([1, 1, 2]);
    expect(await rdd.top(2, (a, b) => b - a)).toEqual([1, 1]);
    expect(await rdd.takeOrdered(20)).toEqual([1, 1, 2, 3, 4, 5, 6, 9]);
    expect(await rdd.top(0)).toEqual([]);
    expect([await rdd.min(), await rdd.max()]).toEqual([1, 9]);
    expect(await sc.parallelize(["a", "ccc", "bb"]).max((a, b) => a.length - b.length)).toBe("ccc");
    for (const nothing of empties) {
      expect(await nothing.top(2)).toEqual([]);
      await expect(nothing.min()).rejects.toThrowError(isEmpty);
    }
    expect(() => rdd.top(1.5)).toThrowError(refused);
  });

  test("toLocalIterator gives partition after partition, and may be left early", async () => {
    for (const prefetch of [false, true]) {
      const computed = sc.longAccumulator();
      const rdd = sc.range(0, 9, 1, 4).mapPartitions((records) => (computed.add(1), records));
      const records: number[] = [];
      for await (const x of rdd.toLocalIterator(prefetch)) records.push(x);
      expect(records).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      for await (const x of rdd.toLocalIterator(prefetch)) if (x >= 0) break;
      expect(computed.value).toBeLessThan(8);
    }
    for await (const x of sc.emptyRDD().toLocalIterator()) expect(x).toBe("nothing");
  });

  test("takeSample gives exactly that many", async () => {
    const rdd = sc.range(0, 1000, 1, 4);
    for (const count of [0, 1, 10, 500, 999]) {
      const sample = await rdd.takeSample(false, count, 3);
      expect(new Set(sample).size).toBe(count);
      expect(await rdd.takeSample(true, count, 3)).toHaveLength(count);
    }
    expect(await rdd.takeSample(false, 10, 3)).toEqual(await rdd.takeSample(false, 10, 3));
    expect((await rdd.takeSample(false, 5000, 1)).toSorted((a, b) => a - b)).toEqual(await rdd.collect());
    expect(await rdd.takeSample(true, 3000, 1)).toHaveLength(3000);
    expect(await empties[1]?.takeSample(true, 5)).toEqual([]);
    await expect(rdd.takeSample(false, -1)).rejects.toThrowError(refused);
  });
});

describe("counts", () => {
  test("countByValue by value", async () => {
    const counts = await sc.parallelize<unknown>([1, "1", 1, [1], [1], NaN, NaN, null, -0, 0], 4).countByValue();
    expect([...counts].map(([, count]) => count).toSorted(numeric)).toEqual([1, 1, 2, 2, 2, 2]);
    expect([counts.get(1), counts.get(NaN), counts.get(0)]).toEqual([2, 2, 2]);
  });

  test("countApproxDistinct is within its accuracy", async () => {
    for (const [count, accuracy] of [
      [100, 0.05],
      [50_000, 0.05],
      [50_000, 0.01],
    ] as const) {
      const about = await sc
        .range(0, count * 2, 1, 3)
        .map((x) => `user ${x % count}`)
        .countApproxDistinct(accuracy);
      expect(Math.abs(about - count)).toBeLessThan(count * accuracy * 4 + 1);
    }
    expect(await sc.emptyRDD().countApproxDistinct()).toBe(0);
    await expect(sc.range(0, 3).countApproxDistinct(0)).rejects.toThrowError(refused);
  });
});

describe("one value from all records", () => {
  test("reduce, fold, aggregate", async () => {
    const rdd = sc.range(1, 11, 1, 3);
    expect(await rdd.reduce((a, b) => a * b)).toBe(3_628_800);
    expect(await rdd.fold(0, (a, b) => a + b)).toBe(55);
    expect(
      await rdd.aggregate(
        { sum: 0, count: 0 },
        (a, x) => ({ sum: a.sum + x, count: a.count + 1 }),
        (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
      ),
    ).toEqual({ sum: 55, count: 10 });
    for (const nothing of empties) {
      await expect(nothing.reduce((a, b) => a + b)).rejects.toThrowError(isEmpty);
      expect(await nothing.fold(7, (a, b) => a + b)).toBe(nothing === empties[0] ? 7 : 28);
    }
  });

  test("the zero is copied, and the caller's stays as it is", async () => {
    const zero: number[] = [];
    const append = (list: number[], x: number): number[] => (list.push(x), list);
    const join = (a: number[], b: number[]): number[] => (a.push(...b), a);
    expect((await sc.range(0, 9, 1, 3).aggregate(zero, append, join)).toSorted(numeric)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await sc.range(0, 90, 1, 30).treeAggregate(zero, append, join, 3)).length).toBe(90);
    expect(zero).toEqual([]);
  });

  test("trees of any depth", async () => {
    const rdd = sc.range(0, 1000, 1, 40);
    for (const depth of [1, 2, 3, 5]) {
      expect(await rdd.treeReduce((a, b) => a + b, depth)).toBe(499_500);
      expect(
        await rdd.treeAggregate(
          0,
          (a, x) => a + x,
          (a, b) => a + b,
          depth,
        ),
      ).toBe(499_500);
    }
    expect(await sc.range(0, 3, 1, 20).treeReduce((a, b) => Math.max(a, b))).toBe(2);
    for (const nothing of empties) await expect(nothing.treeReduce((a, b) => a + b)).rejects.toThrowError(isEmpty);
    await expect(rdd.treeReduce((a, b) => a + b, 0)).rejects.toThrowError(refused);
  });
});

describe("effects", () => {
  test("foreach and foreachPartition, async too", async () => {
    const sum = sc.longAccumulator();
    const rdd = sc.range(0, 10, 1, 3);
    await rdd.foreach((x) => sum.add(x));
    await rdd.foreach(async (x) => sum.add(x));
    await rdd.foreachPartition((records) => {
      for (const x of records) sum.add(x);
    });
    await rdd.foreachPartition(async (records) => {
      for (const x of records) sum.add(x);
    });
    expect(sum.value).toBe(180);
    const ids = sc.collectionAccumulator<number>();
    await rdd.foreachPartition(() => ids.add(TaskContext.getPartitionId()));
    expect([...ids.value].toSorted(numeric)).toEqual([0, 1, 2]);
  });

  test("an error ends the job", async () => {
    await expect(
      sc.range(0, 4).foreach((x) => {
        if (x === 3) throw new RangeError("three");
      }),
    ).rejects.toThrowError(/three/);
  });
});

describe("statistics", () => {
  test("sum, mean and the variances", async () => {
    const rdd = sc.parallelize([1, 2, 3, 4], 3);
    expect([await rdd.sum(), await rdd.mean(), await rdd.variance(), await rdd.popVariance()]).toEqual([10, 2.5, 1.25, 1.25]);
    expect(await rdd.sampleVariance()).toBeCloseTo(5 / 3, 12);
    expect([await rdd.stdev(), await rdd.popStdev()]).toEqual([Math.sqrt(1.25), Math.sqrt(1.25)]);
    expect(await rdd.sampleStdev()).toBeCloseTo(Math.sqrt(5 / 3), 12);
    const stats = await rdd.stats();
    expect([stats.count, stats.min, stats.max, stats.sum]).toEqual([4, 1, 4, 10]);
    const far = await sc
      .range(0, 1000, 1, 7)
      .map((x) => 1e9 + (x % 2))
      .stats();
    expect(far.popVariance).toBeCloseTo(0.25, 6);
  });

  test("of nothing and of what is no number", async () => {
    for (const nothing of empties) {
      expect([await nothing.sum(), await nothing.mean(), await nothing.variance(), await nothing.sampleStdev()]).toEqual([0, 0, NaN, NaN]);
    }
    const texts = sc.parallelize(["1"]) as unknown as RDD<number>;
    const notNumbers = expect.objectContaining({ cause: expect.objectContaining({ code: "NUMERIC_RDD_EXPECTED" }) });
    await expect(texts.sum()).rejects.toThrowError(notNumbers);
    await expect(texts.mean()).rejects.toThrowError(notNumbers);
  });

  test("counters of parts merge into that of the whole", () => {
    const values = [4, -1, 2.5, 7, 7, 0];
    const parts = new StatCounter(values.slice(0, 2)).merge(new StatCounter()).merge(new StatCounter(values.slice(2)));
    const whole = new StatCounter(values);
    expect(parts.mean).toBeCloseTo(whole.mean, 12);
    expect(parts.sampleVariance).toBeCloseTo(whole.sampleVariance, 12);
    expect([parts.count, parts.min, parts.max]).toEqual([6, -1, 7]);
    expect(new StatCounter().merge(whole).stdev).toBeCloseTo(whole.stdev, 12);
    expect(whole.copy().merge(1).count).toBe(7);
    expect(whole.count).toBe(6);
    expect(String(new StatCounter([1, 3]))).toBe("(count: 2, mean: 2, stdev: 1, max: 3, min: 1)");
  });

  test("histograms", async () => {
    const rdd = sc.range(0, 51, 1, 3);
    expect(await rdd.histogram(5)).toEqual([
      [0, 10, 20, 30, 40, 50],
      [10, 10, 10, 10, 11],
    ]);
    expect(await rdd.histogram([0, 25, 50])).toEqual([25, 26]);
    expect(await rdd.histogram([0, 25, 50], true)).toEqual([25, 26]);
    expect(await rdd.histogram([10, 11, 40, 49.5])).toEqual([1, 29, 10]);
    expect(await sc.parallelize([4, 4]).histogram(3)).toEqual([[4, 4], [2]]);
    expect(await sc.parallelize([NaN, 1, Infinity]).histogram([0, 2])).toEqual([1]);
    await expect(sc.parallelize([NaN]).histogram(2)).rejects.toThrowError(refused);
    await expect(empties[0]?.histogram(2)).rejects.toThrowError(refused);
    expect(() => rdd.histogram([1])).toThrowError(refused);
    expect(() => rdd.histogram([1, 1])).toThrowError(refused);
    await expect(rdd.histogram(0)).rejects.toThrowError(refused);
  });
});

describe("async actions", () => {
  test("give their value and their jobs", async () => {
    const rdd = sc.range(0, 10, 1, 5);
    const count = rdd.countAsync();
    expect(await count).toBe(10);
    expect(count.jobIds).toHaveLength(1);
    const taken = rdd.takeAsync(9);
    expect(await taken).toHaveLength(9);
    expect(taken.jobIds.length).toBeGreaterThan(1);
    expect(await rdd.collectAsync()).toHaveLength(10);
    const sum = sc.longAccumulator();
    await rdd.foreachAsync((x) => sum.add(x));
    await rdd.foreachPartitionAsync((records) => {
      for (const x of records) sum.add(x);
    });
    expect(sum.value).toBe(90);
  });

  test("can be cancelled", async () => {
    const spin = sc.range(0, 4, 1, 4).foreachAsync(() => {
      for (const end = Date.now() + 5000; Date.now() < end;);
    });
    setTimeout(() => spin.cancel("enough"), 50);
    await expect(spin).rejects.toThrowError(
      expect.objectContaining({ code: "JOB_CANCELLED", params: expect.objectContaining({ reason: "enough" }) }),
    );
    expect(spin.isCancelled).toBe(true);
    expect(await sc.range(0, 4).count()).toBe(4);
  });
});
