import { describe, expect, it } from "vitest";
import { type ApproximateEvaluator, countEvaluator, groupedCountEvaluator, meanEvaluator, sumEvaluator } from "./approximate-evaluator.ts";
import type { BoundedDouble } from "./bounded-double.ts";
import { StatCounter } from "../rdd/stat-counter.ts";
import type { Statistics } from "./approximate-evaluator.ts";

function after<U>(evaluator: ApproximateEvaluator<U, BoundedDouble>, results: readonly U[], total: number): number[] {
  results.forEach((result, partition) => evaluator.merge(partition, result));
  const { mean, confidence, low, high } = evaluator.currentResult(total);
  return [mean, confidence, low, high];
}

function stats(...values: number[]): Statistics {
  const { count, mean, min, max, sampleVariance } = new StatCounter(values);
  return [count, mean, count < 2 ? 0 : sampleVariance * (count - 1), min, max];
}

describe("estimates from some partitions, as Spark's", () => {
  it("of a count", () => {
    expect(after(countEvaluator(0.95), [], 10)).toEqual([0, 0, 0, Infinity]);
    expect(after(countEvaluator(0.95), [0], 10)).toEqual([0, 0, 0, Infinity]);
    expect(after(countEvaluator(0.95), [5, 6], 2)).toEqual([11, 1, 11, 11]);
    // CountEvaluatorSuite of Spark.
    expect(after(countEvaluator(0.95), [1], 10)).toEqual([10, 0.95, 1, 36]);
    expect(after(countEvaluator(0.95), [100], 10).map(Math.round)).toEqual([1000, 1, 823, 1195]);
  });

  it("of a large count", () => {
    const [mean = 0, confidence, low = 0, high = 0] = after(countEvaluator(0.95), [2_000_000], 2);
    expect([mean, confidence]).toEqual([4_000_000, 0.95]);
    expect(mean - low).toBeGreaterThan(2700);
    expect(high - mean).toBeLessThan(2900);
  });

  it("of the counts of keys", () => {
    const evaluator = groupedCountEvaluator<string>(0.95);
    expect(evaluator.currentResult(2)).toEqual(new Map());
    evaluator.merge(0, [
      ["a", 3],
      ["b", 1],
    ]);
    expect(evaluator.currentResult(2).get("a")).toMatchObject({ mean: 6, confidence: 0.95 });
    evaluator.merge(1, [["a", 2]]);
    expect(evaluator.currentResult(2).get("a")).toEqual({ mean: 5, confidence: 1, low: 5, high: 5 });
  });

  it("of a mean", () => {
    expect(after(meanEvaluator(0.95), [], 10)).toEqual([0, 0, -Infinity, Infinity]);
    expect(after(meanEvaluator(0.95), [stats(7)], 10)).toEqual([7, 0.95, -Infinity, Infinity]);
    expect(after(meanEvaluator(0.95), [stats(1), stats(3)], 2)).toEqual([2, 1, 2, 2]);
    const [mean, , low, high] = after(meanEvaluator(0.95), [stats(1, 3)], 2);
    expect(mean).toBe(2);
    expect([low, high]).toEqual([expect.closeTo(2 - 12.706_204_7, 6), expect.closeTo(2 + 12.706_204_7, 6)]);
  });

  it("of a sum", () => {
    expect(after(sumEvaluator(0.95), [], 10)).toEqual([0, 0, -Infinity, Infinity]);
    expect(after(sumEvaluator(0.95), [stats(2)], 10)).toEqual([20, 0.95, -Infinity, Infinity]);
    expect(after(sumEvaluator(0.95), [stats(2, 3), stats(4)], 2)).toEqual([9, 1, 9, 9]);
    const [mean, , low = 0, high = 0] = after(sumEvaluator(0.95), [stats(1, 3)], 2);
    expect(mean).toBe(8);
    // Variances: of the mean 1, of the count 4; 4·4 + 4·1 + 1·4 = 24.
    expect(high - low).toBeCloseTo(2 * 12.706_204_736 * Math.sqrt(24), 6);
  });
});
