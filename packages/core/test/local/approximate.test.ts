import { SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let sc: SparkContext;
beforeAll(() => {
  sc = new SparkContext({ master: "local[2]" });
});
afterAll(() => sc.stop());

/** The numbers 0…99 in ten partitions, of which the later ones take their time. */
function slowly(ms: number) {
  return sc.range(0, 100, 1, 10).mapPartitionsWithIndex((index, records) => {
    const until = Date.now() + (index < 5 ? 0 : ms);
    while (Date.now() < until);
    return records;
  });
}

describe("approximate actions", () => {
  it("give the exact result when it is there in time", async () => {
    const numbers = sc.range(0, 100, 1, 4);
    const count = await numbers.countApprox(60_000);
    expect([count.isInitialValueFinal, count.initialValue]).toEqual([true, { mean: 100, confidence: 1, low: 100, high: 100 }]);
    expect((await numbers.sumApprox(60_000)).initialValue.mean).toBe(4950);
    expect((await numbers.meanApprox(60_000)).initialValue.mean).toBe(49.5);
    const byValue = await numbers.map((n) => n % 2).countByValueApprox(60_000);
    expect(byValue.initialValue.get(1)).toMatchObject({ mean: 50, confidence: 1 });
    const byKey = await numbers.keyBy((n) => n % 4).countByKeyApprox(60_000);
    expect((await byKey.getFinalValue()).get(3)?.mean).toBe(25);
    expect((await sc.emptyRDD<number>().countApprox(60_000)).initialValue.mean).toBe(0);
  });

  it("give an estimate when it is not, and the result later", async () => {
    const partial = await slowly(300).countApprox(400, 0.9);
    expect(partial.isInitialValueFinal).toBe(false);
    const { mean, confidence, low, high } = partial.initialValue;
    expect([confidence, low <= mean && mean <= high]).toEqual([confidence === 0 ? 0 : 0.9, true]);
    const seen: number[] = [];
    partial.onComplete((value) => seen.push(value.mean));
    expect(await partial.map((value) => value.mean).getFinalValue()).toBe(100);
    expect(seen).toEqual([100]);
  });

  it("tell of a job that fails later", async () => {
    const failing = slowly(300).map((n) => {
      if (n === 99) throw new Error("the last one");
      return n;
    });
    const partial = await failing.countApprox(0);
    const failures: string[] = [];
    partial.onFail((error) => failures.push(error.message));
    await expect(partial.getFinalValue()).rejects.toMatchObject({ code: "TASK_FAILED" });
    expect(failures).toEqual([expect.stringContaining("the last one")]);
  });

  it("take an evaluator of one's own, and refuse what makes no sense", async () => {
    let greatest = -1;
    const evaluator = { merge: (_: number, value: number) => void (greatest = Math.max(greatest, value)), currentResult: () => greatest };
    const result = await sc.runApproximateJob(sc.range(0, 10, 1, 3), (records) => Math.max(...records), evaluator, 60_000);
    expect(result.initialValue).toBe(9);
    await expect(sc.range(3).countApprox(-1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(() => sc.range(3).countApprox(10, 2)).toThrow(/confidence is 2/);
  });
});
