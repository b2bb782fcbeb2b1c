import { randomSeed } from "@vonk/common/internal";
import type { Partitioner } from "../partitioner/partitioner.ts";
import { checkPartitions, HashPartitioner } from "../partitioner/partitioner.ts";
import type { Compare } from "../partitioner/range-partitioner.ts";
import { CartesianRDD } from "./cartesian-rdd.ts";
import { CoalescedRDD, type PartitionCoalescer } from "./coalesced-rdd.ts";
import { CoGroupedRDD, SubtractedRDD } from "./co-grouped-rdd.ts";
import { checkFraction, invalid } from "./check-argument.ts";
import { batchStep, engineStep, partitionStep, plainStep, recordStep } from "./narrow-step.ts";
import { type PipeOptions, pipeStep } from "./pipe-step.ts";
import { RDDBarrier } from "./rdd-barrier.ts";
import type { RDD } from "./rdd.ts";
import type { RecordIterator } from "./record-iterator.ts";
import { placeRecords } from "./place-records.ts";
import { ShuffledRDD } from "./shuffled-rdd.ts";
import { UnionRDD } from "./union-rdd.ts";
import { ZippedPartitionsRDD } from "./zipped-partitions-rdd.ts";
import { ZippedWithIndexRDD } from "./zipped-with-index-rdd.ts";

/** A value or a promise of it: user functions may be async. */
export type Awaitable<T> = T | Promise<T>;

/** What functions over whole partitions may give. */
export type PartitionOutput<U> = Iterable<U> | Iterator<U>;

/** Makes an evaluator, once a task; see {@link RDD.mapPartitionsWithEvaluator}. */
export interface PartitionEvaluatorFactory<T, U> {
  createEvaluator(): PartitionEvaluator<T, U>;
}

/** Computes a partition from one or two inputs. */
export interface PartitionEvaluator<T, U> {
  eval(partition: number, ...inputs: RecordIterator<T>[]): PartitionOutput<U>;
}

/** Transformations of any RDD; see {@link RDD}. All return at once and compute nothing. */
export class Transformations<T> {
  // ---- record by record

  /** Each record through `func`. */
  map<U>(this: RDD<T>, func: (record: T) => Awaitable<U>): RDD<U> {
    return recordStep(this, "map", func);
  }

  /** The records for which `func` is true. Keeps the partitioner. */
  filter<S extends T>(this: RDD<T>, func: (record: T) => record is S): RDD<S>;
  filter(this: RDD<T>, func: (record: T) => Awaitable<boolean>): RDD<T>;
  filter(this: RDD<T>, func: (record: T) => Awaitable<boolean>): RDD<T> {
    return recordStep(this, "filter", func, true);
  }

  /** All items of what `func` gives for each record. */
  flatMap<U>(this: RDD<T>, func: (record: T) => Awaitable<Iterable<U>> | AsyncIterable<U>): RDD<U> {
    return recordStep(this, "flatMap", func);
  }

  /**
   * What `func` gives for each record, without the records for which it gives undefined: filter and map in one.
   * Stands for Spark's `collect` with a partial function, because `collect` is the action here.
   */
  collectPartial<U>(this: RDD<T>, func: (record: T) => Awaitable<U | undefined>): RDD<U> {
    return recordStep(this, "filterMap", func, false, "collectPartial");
  }

  /** `[func(record), record]` pairs. */
  keyBy<K>(this: RDD<T>, func: (record: T) => Awaitable<K>): RDD<[K, T]> {
    return recordStep(this, "keyBy", func);
  }

  // ---- partition by partition

  /** What `func` makes of each partition's records. The iterator may be read once. */
  mapPartitions<U>(
    this: RDD<T>,
    func: (records: RecordIterator<T>) => Awaitable<PartitionOutput<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this, "mapPartitions", func, "records", preservesPartitioning);
  }

  /** Like {@link mapPartitions} with the partition's number first. */
  mapPartitionsWithIndex<U>(
    this: RDD<T>,
    func: (partition: number, records: RecordIterator<T>) => Awaitable<PartitionOutput<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this, "mapPartitionsWithIndex", func, "withIndex", preservesPartitioning);
  }

  /** Each partition through an evaluator that the factory makes in the task. */
  mapPartitionsWithEvaluator<U>(this: RDD<T>, factory: PartitionEvaluatorFactory<T, U>): RDD<U> {
    return partitionStep(this, "mapPartitionsWithEvaluator", factory.createEvaluator.bind(factory), "evaluator", false);
  }

  /**
   * Marks the stage as one whose tasks run all at once: `rdd.barrier().mapPartitions(f)`. An action fails with BARRIER_SLOTS_MISSING
   * when there are fewer slots than partitions, and with BARRIER_CHAIN_UNSUPPORTED when it reads some of the partitions only.
   */
  barrier(this: RDD<T>): RDDBarrier<T> {
    return new RDDBarrier<T>(this);
  }

  /** Each partition as one array. */
  glom(this: RDD<T>): RDD<T[]> {
    return batchStep(this, "glom", "glom");
  }

  /**
   * Each partition's records as lines through a command; its output lines are the records.
   * @param command a program and its arguments, or a line that is split at blanks
   * @param env variables besides those of the executor
   * @throws PIPE_FAILED when the command fails
   */
  pipe(
    this: RDD<T>,
    command: string | readonly string[],
    env: Readonly<Record<string, string>> = {},
    options: PipeOptions<T> = {},
  ): RDD<string> {
    return pipeStep(this, command, env, options);
  }

  /** `[record, index]` with indices from 0 in the order of partitions. Runs a job first when there is more than one partition. */
  zipWithIndex(this: RDD<T>): RDD<[T, number]> {
    return new ZippedWithIndexRDD<T>(this);
  }

  /** `[record, id]`: record k of partition p of n gets k × n + p. Unique, with gaps, without a job. */
  zipWithUniqueId(this: RDD<T>): RDD<[T, number]> {
    return batchStep(this, "zipWithUniqueId", "zipWithUniqueId", (_, numPartitions) => ({ numPartitions }));
  }

  // ---- samples

  /**
   * A random part of the records, about `fraction` of them. With replacement each may come several times, `fraction` times on average.
   * Equal seeds give equal samples of equal partitions. @throws INVALID_ARGUMENT
   */
  sample(this: RDD<T>, withReplacement: boolean, fraction: number, seed: number = randomSeed()): RDD<T> {
    checkFraction(fraction, withReplacement, "sample()");
    const kindName = "PartitionwiseSampledRDD";
    if (withReplacement) return batchStep(this, "sample", "poisson", { seed, fraction }, true, kindName);
    return batchStep(this, "sample", "bernoulli", { seed, low: 0, high: fraction }, true, kindName);
  }

  /** Splits at random into parts of about these weights, which need not add up to 1. Every record is in one part. @throws INVALID_ARGUMENT */
  randomSplit(this: RDD<T>, weights: readonly number[], seed: number = randomSeed()): RDD<T>[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (weights.some((weight) => !(weight >= 0)) || !(total > 0) || total === Infinity) {
      throw invalid("randomSplit()", "weights", weights.join(", "), "numbers of at least 0 that are not all 0");
    }
    let low = 0;
    return weights.map((weight, index) => {
      const from = low;
      low += weight / total;
      const high = index === weights.length - 1 ? 1 : low;
      return batchStep(this, "randomSplit", "bernoulli", { seed, low: from, high }, true);
    });
  }

  // ---- several RDDs

  /** The records of both; repeats stay. Spark's `++`. */
  union(this: RDD<T>, other: RDD<T>): RDD<T> {
    return new UnionRDD<T>(this.context, [this, other]);
  }

  /** Records that are in both, by value, each once. */
  intersection(this: RDD<T>, other: RDD<T>, partitions?: number | Partitioner): RDD<T> {
    const sides = [this, other].map((rdd) => batchStep(rdd, "intersection", "withNull"));
    const groups = new CoGroupedRDD(sides, "intersection", "groups", checked(partitions, "intersection()"));
    return plainStep(engineStep(groups, "filter", { builtin: "inBoth" }, true, "intersection"), "keys", "intersection");
  }

  /** Records that `other` does not have, by value; repeats stay. */
  subtract(this: RDD<T>, other: RDD<T>, partitions?: number | Partitioner): RDD<T> {
    const [left, right] = [this, other].map((rdd) => batchStep(rdd, "subtract", "withNull")) as [RDD<unknown>, RDD<unknown>];
    return plainStep(new SubtractedRDD(left, right, "subtract", checked(partitions, "subtract()")), "keys", "subtract");
  }

  /** All pairs of the records of both. */
  cartesian<U>(this: RDD<T>, other: RDD<U>): RDD<[T, U]> {
    return new CartesianRDD<[T, U]>(this, other);
  }

  /** Pairs of the records at equal places. @throws PARTITIONS_DIFFER, ZIP_LENGTHS_DIFFER */
  zip<U>(this: RDD<T>, other: RDD<U>): RDD<[T, U]> {
    return new ZippedPartitionsRDD<[T, U]>([this, other], "zip", undefined, false, false);
  }

  /** What `func` makes of the partitions with equal numbers of two to four RDDs. @throws PARTITIONS_DIFFER */
  zipPartitions<B, V>(
    this: RDD<T>,
    second: RDD<B>,
    func: (a: RecordIterator<T>, b: RecordIterator<B>) => PartitionOutput<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>;
  zipPartitions<B, C, V>(
    this: RDD<T>,
    second: RDD<B>,
    third: RDD<C>,
    func: (a: RecordIterator<T>, b: RecordIterator<B>, c: RecordIterator<C>) => PartitionOutput<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>;
  zipPartitions<B, C, D, V>(
    this: RDD<T>,
    second: RDD<B>,
    third: RDD<C>,
    fourth: RDD<D>,
    func: (a: RecordIterator<T>, b: RecordIterator<B>, c: RecordIterator<C>, d: RecordIterator<D>) => PartitionOutput<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>;
  zipPartitions<V>(
    this: RDD<T>,
    ...given: (RDD<unknown> | ((...iterators: never[]) => PartitionOutput<V>) | boolean | undefined)[]
  ): RDD<V> {
    const at = given.findIndex((each) => typeof each === "function");
    const others = given.slice(0, at) as RDD<unknown>[];
    return new ZippedPartitionsRDD<V>(
      [this, ...others],
      "zipPartitions",
      given[at] as (...iterators: never[]) => unknown,
      false,
      given[at + 1] === true,
    );
  }

  /** Partitions of two RDDs with equal numbers through an evaluator that the factory makes in the task. @throws PARTITIONS_DIFFER */
  zipPartitionsWithEvaluator<U>(this: RDD<T>, other: RDD<T>, factory: PartitionEvaluatorFactory<T, U>): RDD<U> {
    const create = factory.createEvaluator.bind(factory);
    return new ZippedPartitionsRDD<U>([this, other], "zipPartitionsWithEvaluator", create, true, false);
  }

  // ---- through a shuffle

  /** Each record once, by value. */
  distinct(this: RDD<T>, numPartitions?: number): RDD<T> {
    checked(numPartitions, "distinct()");
    const partitions = (): Partitioner => new HashPartitioner(numPartitions ?? Math.max(1, this.prepared.numPartitions));
    return new ShuffledRDD<T>(batchStep(this, "distinct", "distinct"), "distinct", partitions, {
      distinctKeys: true,
      keepsPartitioner: false,
    });
  }

  /** The same records in exactly that many partitions of about equal size. Shuffles; {@link coalesce} does not. */
  repartition(this: RDD<T>, numPartitions: number): RDD<T> {
    return shuffleEvenly(this, checkPartitions(numPartitions, "repartition()"), "repartition");
  }

  /**
   * The same records in at most that many partitions, made of neighbouring ones without a shuffle.
   * With `shuffle`, exactly that many of about equal size.
   * @param coalescer chooses which partitions become one; by default runs of neighbours of equal length
   */
  coalesce(this: RDD<T>, numPartitions: number, shuffle = false, coalescer?: PartitionCoalescer): RDD<T> {
    checkPartitions(numPartitions, "coalesce()");
    return shuffle ? shuffleEvenly(this, numPartitions, "coalesce") : new CoalescedRDD<T>(this, numPartitions, coalescer);
  }

  /** `[key, records]` with all records for which `func` gives that key. Prefer {@link reduceByKey} where it will do. */
  groupBy<K>(this: RDD<T>, func: (record: T) => Awaitable<K>, partitions?: number | Partitioner): RDD<[K, T[]]> {
    return recordStep<[K, T]>(this, "keyBy", func, false, "groupBy").groupByKey(partitions);
  }

  /** All records in the order of `func`'s keys, across partitions too. Stable. Samples the keys first. */
  sortBy<K>(this: RDD<T>, func: (record: T) => Awaitable<K>, ascending = true, numPartitions?: number, compare?: Compare<K>): RDD<T> {
    return recordStep<[K, T]>(this, "keyBy", func, false, "sortBy").sortByKey(ascending, numPartitions, compare).values();
  }
}

/** Deals records out in turn, so that partitions are even. */
function shuffleEvenly<T>(parent: RDD<unknown>, numPartitions: number, method: string): RDD<T> {
  const dealt = batchStep(parent, method, "roundRobin", { numPartitions });
  return placeRecords<T>(dealt, numPartitions, method);
}

/** A number of partitions or a partitioner as given; numbers are checked. */
export function checked<P extends number | Partitioner | undefined>(partitions: P, call: string): P {
  if (typeof partitions === "number") checkPartitions(partitions, call);
  return partitions;
}
