import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkContext } from "../../src/index.ts";
import { codesOf, failureOf } from "./failure-of.ts";

let sc: SparkContext;
beforeAll(() => {
  sc = new SparkContext({ master: "local[2]", conf: { "vonk.task.asyncConcurrency": 8 } });
});
afterAll(() => sc.stop());

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("async functions", () => {
  test("map keeps the order, whatever finishes first", async () => {
    const doubled = sc.range(0, 100, 1, 3).map(async (x) => {
      await later((x * 7) % 5);
      return x * 2;
    });
    expect(await doubled.collect()).toEqual(Array.from({ length: 100 }, (_, x) => x * 2));
  });

  test("filter, flatMap, keyBy and mapPartitions", async () => {
    expect(
      await sc
        .range(10)
        .filter(async (x) => (await later(1), x % 2 === 0))
        .collect(),
    ).toEqual([0, 2, 4, 6, 8]);
    expect(
      await sc
        .range(4)
        .flatMap(async (x) => (await later(1), Array.from({ length: x }, () => x)))
        .collect(),
    ).toEqual([1, 2, 2, 3, 3, 3]);
    expect(
      await sc
        .range(3)
        .keyBy(async (x) => (await later(1), `k${x}`))
        .collect(),
    ).toEqual([
      ["k0", 0],
      ["k1", 1],
      ["k2", 2],
    ]);
    expect(
      await sc
        .range(0, 6, 1, 2)
        .mapPartitions(async (records) => (await later(1), [...records].reverse()))
        .collect(),
    ).toEqual([2, 1, 0, 5, 4, 3]);
  });

  test("flatMap and mapPartitions with async generators", async () => {
    const items = sc.range(3).flatMap(async function* (x) {
      yield `${x}a`;
      await later(1);
      yield `${x}b`;
    });
    expect(await items.collect()).toEqual(["0a", "0b", "1a", "1b", "2a", "2b"]);
    const sums = sc.range(0, 10, 1, 2).mapPartitions(async function* (records) {
      let sum = 0;
      for (const x of records) {
        sum += x;
        await later(0);
        yield sum;
      }
    });
    expect(await sums.collect()).toEqual([0, 1, 3, 6, 10, 5, 11, 18, 26, 35]);
  });

  test("foreach, with at most vonk.task.asyncConcurrency calls at once and more than one", async () => {
    const most = sc.collectionAccumulator<number>();
    const calls = sc.longAccumulator();
    const state = { running: 0 };
    await sc.range(0, 200, 1, 1).foreach(async () => {
      state.running++;
      most.add(state.running);
      calls.add(1);
      await later(2);
      state.running--;
    });
    expect(calls.value).toBe(200);
    expect(Math.max(...most.value)).toBe(8);
  });

  test("steps before and after, a shuffle behind", async () => {
    const counts = sc
      .range(0, 50, 1, 4)
      .map((x) => x + 1)
      .map(async (x) => (await later(1), x * 10))
      .filter((x) => x % 20 === 0)
      .map((x): [number, number] => [x % 3, 1])
      .reduceByKey((a, b) => a + b);
    expect((await counts.collect()).toSorted(([a], [b]) => a - b)).toEqual([
      [0, 8],
      [1, 8],
      [2, 9],
    ]);
  });

  test("calls run side by side", async () => {
    const startMs = performance.now();
    expect(
      await sc
        .range(0, 64, 1, 2)
        .map(async (x) => (await later(50), x))
        .count(),
    ).toBe(64);
    // One after the other it would be 32 × 50 ms a task; eight at once, 200 ms.
    expect(performance.now() - startMs).toBeLessThan(900);
  });

  test("a rejection fails the task with its own error", async () => {
    const error = await failureOf(
      sc
        .range(10)
        .map(async (x) => {
          await later(1);
          if (x === 5) throw new RangeError("five is out of range");
          return x;
        })
        .count(),
    );
    expect(codesOf(error)).toEqual(["TASK_FAILED", "USER_EXCEPTION"]);
    expect(error.message).toContain("five is out of range");
    expect(await sc.range(3).count()).toBe(3);
  });

  test("a call that never ends is cancelled", async () => {
    const error = await failureOf(
      sc
        .range(4)
        .map(async (x) => (await new Promise(() => {}), x))
        .count({ timeoutMs: 200 }),
    );
    expect(error.code).toBe("JOB_TIMEOUT");
    expect(await sc.range(0, 100, 1, 4).count()).toBe(100);
  });
});
