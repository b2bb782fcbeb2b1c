import type { RecordStep, RecordStepArgs } from "../compute/record-step.ts";
import type { AsyncStepArgs } from "../compute/async-step.ts";
import type { MapPartitionsArgs } from "../compute/partition-function.ts";
import { MapPartitionsRDD, type NarrowStep } from "./map-partitions-rdd.ts";
import type { RDD } from "./rdd.ts";

/** A value or a promise of it: user functions may be async. */
export type Awaitable<T> = T | Promise<T>;

/** Transformations of any RDD; see {@link RDD}. All return at once and compute nothing. */
export class Transformations<T> {
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

  /** `[func(record), record]` pairs. */
  keyBy<K>(this: RDD<T>, func: (record: T) => Awaitable<K>): RDD<[K, T]> {
    return recordStep(this, "keyBy", func);
  }

  /** What `func` makes of each partition's records. The iterator may be read once. */
  mapPartitions<U>(
    this: RDD<T>,
    func: (records: IterableIterator<T>) => Awaitable<Iterable<U> | Iterator<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this, "mapPartitions", func, false, preservesPartitioning);
  }

  /** Like {@link mapPartitions} with the partition's number first. */
  mapPartitionsWithIndex<U>(
    this: RDD<T>,
    func: (partition: number, records: IterableIterator<T>) => Awaitable<Iterable<U> | Iterator<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this, "mapPartitionsWithIndex", func, true, preservesPartitioning);
  }
}

type UserFunction = (...args: never[]) => unknown;
type FunctionStep = Extract<RecordStep, { func: unknown }>["op"];

/** A step over single records; an async function runs ahead of the rest of the task. */
export function recordStep<U>(parent: RDD<unknown>, op: FunctionStep, func: UserFunction, keepsPartitioner = false): RDD<U> {
  const call = `rdd.${op}()`;
  const step: NarrowStep = isAsync(func)
    ? { kind: "asyncRecords", keepsPartitioner, args: (encoder): AsyncStepArgs => ({ op, func: encoder.func(func, call) }) }
    : { kind: "records", keepsPartitioner, args: (encoder): RecordStepArgs => ({ step: { op, func: encoder.func(func, call) } }) };
  return new MapPartitionsRDD<U>(parent, op, step);
}

/** A record step of the engine's own, without a user function. */
export function plainStep<U>(parent: RDD<unknown>, op: "keys" | "values", method: string): RDD<U> {
  return new MapPartitionsRDD<U>(parent, method, { kind: "records", args: (): RecordStepArgs => ({ step: { op } }) });
}

function partitionStep<U>(parent: RDD<unknown>, method: string, func: UserFunction, withIndex: boolean, keepsPartitioner: boolean): RDD<U> {
  return new MapPartitionsRDD<U>(parent, method, {
    kind: "mapPartitions",
    keepsPartitioner,
    args: (encoder): MapPartitionsArgs => ({ func: encoder.func(func, `rdd.${method}()`), withIndex, isAsync: isAsync(func) }),
  });
}

/** True for `async` functions and async generators; a plain function that gives a promise cannot be told beforehand. */
export function isAsync(func: UserFunction): boolean {
  const tag = Object.prototype.toString.call(func);
  return tag === "[object AsyncFunction]" || tag === "[object AsyncGeneratorFunction]";
}
