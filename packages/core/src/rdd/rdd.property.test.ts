import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { KeyMap, keyEquals, naturalCompare } from "@vonk/columnar/internal";
import { type RDD, SparkContext } from "../index.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const runs = { numRuns: 25 };
const key = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom<unknown>(NaN, -0, 0, null, undefined, "", "a", true, 1n, new Date(1)),
  fc.tuple(fc.integer({ min: 0, max: 1 }), fc.constantFrom("x", "y")),
  fc.record({ id: fc.integer({ min: 0, max: 2 }) }),
);
const partitions = fc.integer({ min: 1, max: 7 });
const pairsOf = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 99 })), { maxLength: 40 });

type Pair = [unknown, number];

/** Records without regard to their order. */
function bag(records: readonly unknown[]): unknown[] {
  return records.toSorted(naturalCompare);
}

function groups(pairs: readonly Pair[]): KeyMap<number[]> {
  const map = new KeyMap<number[]>();
  for (const [each, value] of pairs) map.set(each, [...(map.get(each) ?? []), value]);
  return map;
}

function joined(left: readonly Pair[], right: readonly Pair[], keepsLeft: boolean, keepsRight: boolean): unknown[] {
  const out: unknown[] = [];
  for (const [a, value] of left) {
    const partners = right.filter(([b]) => keyEquals(a, b));
    for (const [, other] of partners) out.push([a, [value, other]]);
    if (partners.length === 0 && keepsLeft) out.push([a, [value, undefined]]);
  }
  if (keepsRight) for (const [b, other] of right) if (!left.some(([a]) => keyEquals(a, b))) out.push([b, [undefined, other]]);
  return out;
}

async function same(actual: RDD<unknown>, expected: readonly unknown[]): Promise<void> {
  expect(bag(await actual.collect())).toEqual(bag(expected).map(withoutMinusZero));
}

/** -0 and 0 are one key, and which of them stays is not promised. */
function withoutMinusZero(record: unknown): unknown {
  if (Array.isArray(record)) return record.map(withoutMinusZero);
  return record === 0 ? expect.closeTo(0) : record;
}

describe("each operation equals its model on arrays", () => {
  test("by key", async () => {
    await fc.assert(
      fc.asyncProperty(pairsOf, partitions, partitions, async (pairs, slices, reducers) => {
        const rdd = sc.parallelize<Pair>(pairs, slices);
        const model = groups(pairs);
        const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
        await same(
          rdd.reduceByKey((a, b) => a + b, reducers),
          [...model.entries()].map(([each, values]) => [each, sum(values)]),
        );
        await same(
          rdd.groupByKey(reducers).mapValues((values) => values.toSorted((a, b) => a - b)),
          [...model.entries()].map(([each, values]) => [each, values.toSorted((a, b) => a - b)]),
        );
        await same(
          rdd.aggregateByKey(
            0,
            (n) => n + 1,
            (a, b) => a + b,
            reducers,
          ),
          [...model.entries()].map(([each, values]) => [each, values.length]),
        );
        expect(bag([...(await rdd.countByKey())])).toEqual(
          bag([...model.entries()].map(([each, values]) => [each, values.length])).map(withoutMinusZero),
        );
        await same(
          rdd.keys().distinct(reducers),
          [...model.entries()].map(([each]) => each),
        );
      }),
      runs,
    );
  });

  test("of two by key", async () => {
    await fc.assert(
      fc.asyncProperty(pairsOf, pairsOf, partitions, partitions, partitions, async (left, right, slices, others, reducers) => {
        const [a, b] = [sc.parallelize<Pair>(left, slices), sc.parallelize<Pair>(right, others)];
        await same(a.join(b, reducers), joined(left, right, false, false));
        await same(a.leftOuterJoin(b, reducers), joined(left, right, true, false));
        await same(a.rightOuterJoin(b, reducers), joined(left, right, false, true));
        await same(a.fullOuterJoin(b, reducers), joined(left, right, true, true));
        await same(
          a.subtractByKey(b, reducers),
          left.filter(([each]) => !right.some(([other]) => keyEquals(each, other))),
        );
        await same(
          a.subtract(b, reducers),
          left.filter((each) => !right.some((other) => keyEquals(each, other))),
        );
        const both = a.distinct().keys().count();
        expect(await both).toBe(await a.distinct().count());
      }),
      runs,
    );
  });

  test("in order", async () => {
    await fc.assert(
      fc.asyncProperty(pairsOf, partitions, partitions, fc.boolean(), async (pairs, slices, reducers, ascending) => {
        const rdd = sc.parallelize<Pair>(pairs, slices);
        const order = (a: Pair, b: Pair): number => (ascending ? naturalCompare(a[0], b[0]) : naturalCompare(b[0], a[0]));
        expect(await rdd.sortByKey(ascending, reducers).values().collect()).toEqual(pairs.toSorted(order).map(([, value]) => value));
        const numbers = pairs.map(([, value]) => value);
        expect(await rdd.values().top(5)).toEqual(numbers.toSorted((a, b) => b - a).slice(0, 5));
        expect(await rdd.values().takeOrdered(5)).toEqual(numbers.toSorted((a, b) => a - b).slice(0, 5));
        expect(await rdd.values().take(slices)).toEqual(numbers.slice(0, slices));
      }),
      runs,
    );
  });

  test("of positions and partitions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { maxLength: 30 }), partitions, partitions, async (records, slices, target) => {
        const rdd = sc.parallelize(records, slices);
        expect(await rdd.zipWithIndex().collect()).toEqual(records.map((record, index) => [record, index]));
        expect(new Set(await rdd.zipWithUniqueId().values().collect()).size).toBe(records.length);
        expect(await rdd.coalesce(target).collect()).toEqual(records);
        await same(rdd.repartition(target), records);
        expect(await rdd.union(rdd).collect()).toEqual([...records, ...records]);
        expect(await rdd.zip(rdd.map((x) => -x)).collect()).toEqual(records.map((x) => [x, -x]));
        await same(
          rdd.cartesian(sc.range(0, 3, 1, target)),
          records.flatMap((x) => [0, 1, 2].map((y) => [x, y])),
        );
        expect((await Promise.all(rdd.randomSplit([1, 1], 3).map((part) => part.count()))).reduce((a, b) => a + b)).toBe(records.length);
      }),
      runs,
    );
  });
});
