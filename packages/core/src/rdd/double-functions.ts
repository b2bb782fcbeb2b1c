import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import { invalid } from "./check-argument.ts";
import type { RDD } from "./rdd.ts";
import { StatCounter } from "./stat-counter.ts";

/** Statistics of number RDDs; see {@link RDD}. @throws NUMERIC_RDD_EXPECTED by all when a record is not a number */
export class DoubleFunctions<T> {
  declare protected readonly doubleFunctions?: T;

  /** The sum; 0 without records. */
  async sum(this: RDD<number>, options?: ActionOptions): Promise<number> {
    const parts = await this.context.runBuiltin<number>(this, "sum", "sum", undefined, options);
    return parts.reduce((total, part) => total + part, 0);
  }

  /** Count, mean, variance, least and greatest in one pass. */
  stats(this: RDD<number>, options?: ActionOptions): Promise<StatCounter> {
    return statsOf(this, "stats", options);
  }

  /** The mean; 0 without records, as in Spark. */
  async mean(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "mean", options)).mean;
  }

  /** {@link popVariance}. */
  async variance(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "variance", options)).variance;
  }

  /** {@link popStdev}. */
  async stdev(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "stdev", options)).stdev;
  }

  /** The variance of the whole: divided by the count. NaN without records. */
  async popVariance(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "popVariance", options)).popVariance;
  }

  async popStdev(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "popStdev", options)).popStdev;
  }

  /** The variance of what the records are a sample of: divided by the count less one. NaN with fewer than two. */
  async sampleVariance(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "sampleVariance", options)).sampleVariance;
  }

  async sampleStdev(this: RDD<number>, options?: ActionOptions): Promise<number> {
    return (await statsOf(this, "sampleStdev", options)).sampleStdev;
  }

  /**
   * How many numbers lie in each bucket. Buckets are open to the right, but the last one, which holds its upper edge; what lies
   * outside all is not counted.
   * @param buckets a number of buckets of equal width from the least to the greatest record, or ascending edges
   * @param evenBuckets says that the given edges are equally far apart, which is faster
   * @returns for a number of buckets their edges and the counts, for edges the counts
   * @throws INVALID_ARGUMENT
   */
  histogram(this: RDD<number>, buckets: number, options?: ActionOptions): Promise<[edges: number[], counts: number[]]>;
  histogram(this: RDD<number>, buckets: readonly number[], evenBuckets?: boolean, options?: ActionOptions): Promise<number[]>;
  histogram(
    this: RDD<number>,
    buckets: number | readonly number[],
    second?: boolean | ActionOptions,
    third?: ActionOptions,
  ): Promise<[number[], number[]] | number[]> {
    if (typeof buckets === "number") return evenHistogram(this, buckets, second as ActionOptions | undefined);
    if (buckets.length < 2 || buckets.some((edge, at) => at > 0 && !(edge > (buckets[at - 1] as number)))) {
      throw invalid("histogram()", "buckets", `[${buckets.join(", ")}]`, "at least two ascending edges");
    }
    return counted(this, buckets, second === true, { ...third, callSite: this.context.callSite("histogram") });
  }
}

async function statsOf(rdd: RDD<number>, method: string, options: JobOptions | undefined): Promise<StatCounter> {
  type Parts = [number, number, number, number, number];
  const parts = await rdd.context.runBuiltin<Parts>(rdd, method, "stats", undefined, options);
  return parts.reduce((all, part) => all.merge(StatCounter.of(...part)), new StatCounter());
}

async function evenHistogram(rdd: RDD<number>, count: number, given: ActionOptions | undefined): Promise<[number[], number[]]> {
  if (!Number.isInteger(count) || count < 1) throw invalid("histogram()", "buckets", count, "a whole number of at least 1");
  const options: JobOptions = { ...given, callSite: rdd.context.callSite("histogram") };
  const { count: records, mean, min, max } = await statsOf(rdd, "histogram", options);
  if (records === 0 || !Number.isFinite(mean))
    throw invalid("histogram()", "the RDD", records === 0 ? "empty" : "not finite", "finite numbers, at least one");
  if (min === max) return [[min, max], await counted(rdd, [min, max], false, options)];
  const edges = Array.from({ length: count }, (_, step) => min + (step * (max - min)) / count);
  edges.push(max);
  return [edges, await counted(rdd, edges, true, options)];
}

async function counted(rdd: RDD<number>, edges: readonly number[], even: boolean, options: JobOptions): Promise<number[]> {
  const parts = await rdd.context.runBuiltin<number[]>(rdd, "histogram", "histogram", { buckets: edges, even }, options);
  const counts = Array.from({ length: edges.length - 1 }, () => 0);
  for (const part of parts) part.forEach((count, at) => (counts[at] = (counts[at] ?? 0) + count));
  return counts;
}
