import { KeyMap, naturalCompare } from "@vonk/columnar/internal";
import { type Random, randomSeed, seededRandom } from "@vonk/common/internal";
import { sketchEstimate } from "../compute/kernel/distinct-sketch.ts";
import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import { coreErrors } from "../errors.ts";
import type { Compare } from "../partitioner/range-partitioner.ts";
import { checkCount, checkDepth, checkFraction } from "./check-argument.ts";
import type { PlanFunction } from "./dependency.ts";
import { isAsync } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";
import type { RecordIterator } from "./record-iterator.ts";
import { partitionIterator } from "./local-iterator.ts";
import { sketchPrecision } from "./sketch-precision.ts";
import { takeRecords } from "./take-records.ts";
import { foldTree } from "./tree-fold.ts";
import type { Awaitable } from "./transformations.ts";

/** Actions of any RDD; see {@link RDD}. Each runs a job and gives a promise. */
export class Actions<T> {
  // ---- records to the driver

  /** All records, in the order of partitions. They must fit the driver's memory. @throws RESULT_TOO_LARGE */
  async collect(this: RDD<T>, options?: ActionOptions): Promise<T[]> {
    const parts = await this.context.runBuiltin<T[]>(this, "collect", "collect", undefined, options);
    return concat(parts);
  }

  /**
   * All records one by one, a partition in memory at a time: a job a partition.
   * @param prefetch computes the next partition while one is read
   */
  toLocalIterator(this: RDD<T>, prefetch = false, options?: ActionOptions): AsyncIterableIterator<T> {
    return partitionIterator(this, prefetch, options);
  }

  /** The first `count` records. Reads one partition first and, when that is not enough, up to four times as many as before. */
  take(this: RDD<T>, count: number, options?: ActionOptions): Promise<T[]> {
    checkCount(count, "take()");
    return takeRecords(this, count, "take", options);
  }

  /** The first record. @throws EMPTY_COLLECTION */
  async first(this: RDD<T>, options?: ActionOptions): Promise<T> {
    const records = await takeRecords(this, 1, "first", options);
    if (records.length === 0) throw coreErrors.create("EMPTY_COLLECTION", { call: "first()" });
    return records[0] as T;
  }

  /** True without records; reads no more partitions than it needs to know. */
  async isEmpty(this: RDD<T>, options?: ActionOptions): Promise<boolean> {
    return (await takeRecords(this, 1, "isEmpty", options)).length === 0;
  }

  /** The `count` least records in order, by `compare` or by value. */
  takeOrdered(this: RDD<T>, count: number, compare?: Compare<T>, options?: ActionOptions): Promise<T[]> {
    return extremes(this, checkCount(count, "takeOrdered()"), false, compare, "takeOrdered", options);
  }

  /** The `count` greatest records, the greatest first. */
  top(this: RDD<T>, count: number, compare?: Compare<T>, options?: ActionOptions): Promise<T[]> {
    return extremes(this, checkCount(count, "top()"), true, compare, "top", options);
  }

  /** The least record. @throws EMPTY_COLLECTION */
  async min(this: RDD<T>, compare?: Compare<T>, options?: ActionOptions): Promise<T> {
    return onlyOne(await extremes(this, 1, false, compare, "min", options), "min()");
  }

  /** The greatest record. @throws EMPTY_COLLECTION */
  async max(this: RDD<T>, compare?: Compare<T>, options?: ActionOptions): Promise<T> {
    return onlyOne(await extremes(this, 1, true, compare, "max", options), "max()");
  }

  /** Exactly `count` records at random, or all when there are fewer and they are taken without replacement. @throws INVALID_ARGUMENT */
  async takeSample(
    this: RDD<T>,
    withReplacement: boolean,
    count: number,
    seed: number = randomSeed(),
    options?: ActionOptions,
  ): Promise<T[]> {
    checkCount(count, "takeSample()");
    const jobOptions: JobOptions = { ...options, callSite: this.context.callSite("takeSample") };
    const total = count === 0 ? 0 : await this.count(jobOptions);
    if (count === 0 || total === 0) return [];
    const random = seededRandom(seed);
    if (!withReplacement && count >= total) return shuffled(await this.collect(jobOptions), random);
    const fraction = sampleFraction(count, total, withReplacement);
    for (let attempt = 0; ; attempt++) {
      const sample = this.sample(withReplacement, fraction, seed + attempt);
      const records = await sample.collect(jobOptions);
      if (records.length >= count) return shuffled(records, random).slice(0, count);
    }
  }

  // ---- counts

  /** How many records there are. */
  async count(this: RDD<T>, options?: ActionOptions): Promise<number> {
    const counts = await this.context.runBuiltin<number>(this, "count", "count", undefined, options);
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** How often each record comes, by value. Records that are tuples or objects are found in the Map by reference only. */
  async countByValue(this: RDD<T>, options?: ActionOptions): Promise<Map<T, number>> {
    const parts = await this.context.runBuiltin<(readonly [T, number])[]>(this, "countByValue", "countByValue", undefined, options);
    return mapOf<T, number>(parts, (a, b) => a + b);
  }

  /** About how many distinct records there are; `relativeSD` is the relative accuracy. @throws INVALID_ARGUMENT */
  async countApproxDistinct(this: RDD<T>, relativeSD = 0.05, options?: ActionOptions): Promise<number> {
    const args = { precision: sketchPrecision(relativeSD, "countApproxDistinct()") };
    const parts = await this.context.runBuiltin<number[]>(this, "countApproxDistinct", "distinctSketch", args, options);
    const registers = new Uint8Array(2 ** args.precision);
    for (const part of parts) part.forEach((rank, at) => (registers[at] = Math.max(registers[at] ?? 0, rank)));
    return sketchEstimate(registers);
  }

  // ---- one value from all records

  /** Combines all records; `func` is associative and commutative. @throws EMPTY_COLLECTION */
  async reduce(this: RDD<T>, func: (a: T, b: T) => T, options?: ActionOptions): Promise<T> {
    const args = { func: { user: func, call: "rdd.reduce()" } };
    const parts = await this.context.runBuiltin<readonly [boolean, T]>(this, "reduce", "reduce", args, options);
    const values = parts.flatMap(([has, value]) => (has ? [value] : []));
    if (values.length === 0) throw coreErrors.create("EMPTY_COLLECTION", { call: "reduce()" });
    return values.reduce(func);
  }

  /** Combines all records, starting from a copy of `zero` in each partition and once more when the partitions are combined. */
  async fold(this: RDD<T>, zero: T, func: (a: T, b: T) => T, options?: ActionOptions): Promise<T> {
    const { parts, start } = await foldPartitions<T>(this, zero, { user: func, call: "rdd.fold()" }, "fold", options);
    return parts.reduce(func, start);
  }

  /** Adds each partition's records to a copy of `zero` with `seqFunc`, and joins the results with `combFunc`. Both may change their first argument. */
  async aggregate<U>(
    this: RDD<T>,
    zero: U,
    seqFunc: (value: U, record: T) => U,
    combFunc: (a: U, b: U) => U,
    options?: ActionOptions,
  ): Promise<U> {
    const { parts, start } = await foldPartitions<U>(this, zero, { user: seqFunc, call: "rdd.aggregate()" }, "aggregate", options);
    return parts.reduce(combFunc, start);
  }

  /** {@link reduce} in a tree of `depth` levels, for many partitions with large results. @throws EMPTY_COLLECTION */
  async treeReduce(this: RDD<T>, func: (a: T, b: T) => T, depth = 2, options?: ActionOptions): Promise<T> {
    checkDepth(depth, "treeReduce()");
    const merge: PlanFunction = { user: func, call: "rdd.treeReduce()" };
    const values = await foldTree<T>(this, undefined, merge, merge, depth, "treeReduce", options);
    if (values.length === 0) throw coreErrors.create("EMPTY_COLLECTION", { call: "treeReduce()" });
    return values.reduce(func);
  }

  /** {@link aggregate} in a tree of `depth` levels. */
  async treeAggregate<U>(
    this: RDD<T>,
    zero: U,
    seqFunc: (value: U, record: T) => U,
    combFunc: (a: U, b: U) => U,
    depth = 2,
    options?: ActionOptions,
  ): Promise<U> {
    checkDepth(depth, "treeAggregate()");
    const call = "rdd.treeAggregate()";
    const { codec } = this.context;
    const encoded = codec.encode([zero]);
    const values = await foldTree<U>(this, encoded, { user: seqFunc, call }, { user: combFunc, call }, depth, "treeAggregate", options);
    return values.reduce(combFunc, codec.open(encoded).decode()[0] as U);
  }

  // ---- effects

  /** Calls `func` for each record on the executors; nothing comes back. */
  async foreach(this: RDD<T>, func: (record: T) => unknown, options?: ActionOptions): Promise<void> {
    const args = { func: { user: func, call: "rdd.foreach()" }, isAsync: isAsync(func) };
    await this.context.runBuiltin(this, "foreach", "foreach", args, options);
  }

  /** Calls `func` with each partition's records on the executors; nothing comes back. */
  async foreachPartition(this: RDD<T>, func: (records: RecordIterator<T>) => Awaitable<unknown>, options?: ActionOptions): Promise<void> {
    const args = { func: { user: func, call: "rdd.foreachPartition()" } };
    await this.context.runBuiltin(this, "foreachPartition", "foreachPartition", args, options);
  }
}

/** Arrays joined end to end. */
export function concat<T>(parts: readonly T[][]): T[] {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const all: T[] = [];
  for (const part of parts) for (const record of part) all.push(record);
  return all;
}

/** Partial results by key as one Map; values of equal keys are merged. */
export function mapOf<K, V>(parts: readonly (readonly (readonly [unknown, unknown])[])[], merge: (a: V, b: V) => V): Map<K, V> {
  const merged = new KeyMap<V>();
  for (const part of parts) {
    for (const [key, value] of part) merged.set(key, merged.has(key) ? merge(merged.get(key) as V, value as V) : (value as V));
  }
  return new Map(merged.entries()) as Map<K, V>;
}

async function extremes<T>(
  rdd: RDD<T>,
  count: number,
  largest: boolean,
  compare: Compare<T> | undefined,
  method: string,
  options: ActionOptions | undefined,
): Promise<T[]> {
  if (count === 0) return [];
  const args = compare === undefined ? { count, largest } : { count, largest, compare: { user: compare, call: `rdd.${method}()` } };
  const parts = await rdd.context.runBuiltin<T[]>(rdd, method, "takeOrdered", args, options);
  const order: Compare<T> = compare ?? naturalCompare;
  return concat(parts)
    .toSorted(largest ? (a, b) => order(b, a) : order)
    .slice(0, count);
}

function onlyOne<T>(records: readonly T[], call: string): T {
  if (records.length === 0) throw coreErrors.create("EMPTY_COLLECTION", { call });
  return records[0] as T;
}

async function foldPartitions<U>(
  rdd: RDD<unknown>,
  zero: U,
  func: PlanFunction,
  method: string,
  options: ActionOptions | undefined,
): Promise<{ readonly parts: U[]; readonly start: U }> {
  const { codec } = rdd.context;
  const encoded = codec.encode([zero]);
  const parts = await rdd.context.runBuiltin<U>(rdd, method, "aggregate", { zero: encoded, func }, options);
  // The driver starts from a copy as well: combining may change it.
  return { parts, start: codec.open(encoded).decode()[0] as U };
}

/** A fraction that gives at least `count` of `total` records with a chance of 99.99 %. @see Spark's SamplingUtils */
function sampleFraction(count: number, total: number, withReplacement: boolean): number {
  const fraction = count / total;
  if (withReplacement) return fraction + ((count < 12 ? 9 : 5) * Math.sqrt(count)) / total;
  const gamma = -Math.log(1e-4) / total;
  const wanted = Math.min(1, Math.max(1e-10, fraction + gamma + Math.sqrt(gamma * gamma + 2 * gamma * fraction)));
  checkFraction(wanted, false, "takeSample()");
  return wanted;
}

/** A random order. @see Knuth, TAOCP vol. 2, 3.4.2, algorithm P */
function shuffled<T>(records: T[], random: Random): T[] {
  for (let at = records.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [records[at], records[other]] = [records[other] as T, records[at] as T];
  }
  return records;
}
