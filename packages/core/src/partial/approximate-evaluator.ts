import { KeyMap } from "@vonk/columnar/internal";
import { StatCounter } from "../rdd/stat-counter.ts";
import { type BoundedDouble, exactly } from "./bounded-double.ts";
import { normalQuantile, pascalQuantile, poissonQuantile, studentQuantile } from "./distribution.ts";

/** Merges the results of tasks as they come, and estimates what the result of all of them will be. On the driver. */
export interface ApproximateEvaluator<U, R> {
  /** Takes the result of one partition; each partition's comes once, in no order. */
  merge(partition: number, result: U): void;
  /** The estimate after what was merged so far, of `total` partitions. */
  currentResult(total: number): R;
}

/** Counts above this are taken for Poisson's, below for Pascal's. */
const pascalCountMax = 10_000;
/** With more values than this Student's t is as good as normal. */
const studentCountMax = 100;

/** Estimates a count from those of some partitions. @see Spark's core/partial/CountEvaluator.scala */
export function countEvaluator(confidence: number): ApproximateEvaluator<number, BoundedDouble> {
  let merged = 0;
  let sum = 0;
  return {
    merge(_partition, count) {
      merged++;
      sum += count;
    },
    currentResult(total) {
      if (merged === total) return exactly(sum);
      if (merged === 0 || sum === 0) return { mean: 0, confidence: 0, low: 0, high: Infinity };
      return countBound(confidence, sum, merged / total);
    },
  };
}

/** The whole of which `sum` were counted in the share `seen`: each record was met with that probability. */
export function countBound(confidence: number, sum: number, seen: number): BoundedDouble {
  const rest = (sum * (1 - seen)) / seen;
  const quantile = (p: number): number => (sum <= pascalCountMax ? pascalQuantile(p, sum, seen) : poissonQuantile(p, rest));
  return { mean: sum + rest, confidence, low: sum + quantile((1 - confidence) / 2), high: sum + quantile((1 + confidence) / 2) };
}

/** Estimates the count of each key. @see Spark's core/partial/GroupedCountEvaluator.scala */
export function groupedCountEvaluator<K>(
  confidence: number,
): ApproximateEvaluator<readonly (readonly [K, number])[], Map<K, BoundedDouble>> {
  let merged = 0;
  const sums = new KeyMap<{ readonly key: K; count: number }>();
  return {
    merge(_partition, counts) {
      merged++;
      for (const [key, count] of counts) {
        const known = sums.get(key);
        if (known === undefined) sums.set(key, { key, count });
        else known.count += count;
      }
    },
    currentResult(total) {
      const bound = (sum: number): BoundedDouble => (merged === total ? exactly(sum) : countBound(confidence, sum, merged / total));
      return new Map([...sums.entries()].map(([, { key, count }]) => [key, bound(count)]));
    },
  };
}

/** What a partition's pass found, as {@link StatCounter.of} takes it. */
export type Statistics = Parameters<typeof StatCounter.of>;

/** Estimates a mean. @see Spark's core/partial/MeanEvaluator.scala */
export function meanEvaluator(confidence: number): ApproximateEvaluator<Statistics, BoundedDouble> {
  const seen = statistics();
  return {
    merge: seen.merge,
    currentResult(total) {
      const { counter } = seen;
      const { count, mean } = counter;
      if (seen.merged === total) return exactly(mean);
      if (count === 0) return { mean: 0, confidence: 0, low: -Infinity, high: Infinity };
      if (count === 1) return { mean, confidence, low: -Infinity, high: Infinity };
      return symmetric(mean, confidence, count, Math.sqrt(counter.sampleVariance / count));
    },
  };
}

/** Estimates a sum: the mean of what was seen times an estimate of the count. @see Spark's core/partial/SumEvaluator.scala */
export function sumEvaluator(confidence: number): ApproximateEvaluator<Statistics, BoundedDouble> {
  const seen = statistics();
  return {
    merge: seen.merge,
    currentResult(total) {
      const { counter } = seen;
      const { count, mean, sum } = counter;
      if (seen.merged === total) return exactly(sum);
      if (count === 0) return { mean: 0, confidence: 0, low: -Infinity, high: Infinity };
      const share = seen.merged / total;
      const restCount = (count * (1 - share)) / share;
      const estimate = sum + mean * restCount;
      const meanVariance = counter.sampleVariance / count;
      if (count === 1 || Number.isNaN(meanVariance)) return { mean: estimate, confidence, low: -Infinity, high: Infinity };
      const countVariance = (count * (1 - share)) / (share * share);
      // The variance of a product of independent variables.
      const variance = mean * mean * countVariance + restCount * restCount * meanVariance + meanVariance * countVariance;
      return symmetric(estimate, confidence, count, Math.sqrt(variance));
    },
  };
}

function statistics() {
  const seen = {
    merged: 0,
    counter: new StatCounter(),
    merge: (_partition: number, part: Statistics): void => {
      seen.merged++;
      seen.counter.merge(StatCounter.of(...part));
    },
  };
  return seen;
}

function symmetric(mean: number, confidence: number, count: number, deviation: number): BoundedDouble {
  const p = (1 + confidence) / 2;
  const reach = (count > studentCountMax ? normalQuantile(p) : studentQuantile(p, count - 1)) * deviation;
  return { mean, confidence, low: mean - reach, high: mean + reach };
}
