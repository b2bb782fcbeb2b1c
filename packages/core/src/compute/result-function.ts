import { classNameOf, KeyIndex, naturalCompare } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { type BatchIterator, type FunctionResolver, recordsOf } from "./computation.ts";
import { BoundedTop } from "./kernel/bounded-top.ts";
import { sampleKeys, sketchKeys } from "./sketch-keys.ts";
import { foldBatches, startFrom } from "./fold-batches.ts";
import { distinctSketch } from "./kernel/distinct-sketch.ts";
import { checkPairs, keyOf } from "./pair-record.ts";
import { RecordBatches } from "./record-batches.ts";
import { writeFiles } from "./write-files.ts";
import { writePartition } from "./write-partition.ts";

/** What a result task does with its partition; the value goes to the driver. */
export type ResultFunction = (batches: BatchIterator, partition: number, task: TaskRuntime) => unknown;

type Maker = (args: never, functions: FunctionResolver) => ResultFunction;
interface WithFunction {
  readonly func: FunctionRef;
}

/** Makes the result function that a reference names; a closure is called with the partition's records and the task's context. */
export function resultFunction(ref: FunctionRef, functions: FunctionResolver): ResultFunction {
  if ("closure" in ref) {
    const func = functions.resolve<(records: Iterable<unknown>, context: unknown) => unknown>(ref);
    return (batches, _partition, task) => func(recordsOf(batches), task.context);
  }
  assert("builtin" in ref, "results are made by closures and engine functions");
  const maker = resultFunctions[ref.builtin];
  assert(maker !== undefined, `result function ${ref.builtin} exists`);
  return maker(ref.args as never, functions);
}

function count(batches: BatchIterator): number {
  let total = 0;
  for (const batch of batches) total += batch.length;
  return total;
}

function* firstRecords(batches: BatchIterator, limit: number): BatchIterator {
  let left = limit;
  if (left <= 0) return;
  for (const batch of batches) {
    yield batch.length <= left ? batch : batch.slice(0, left);
    left -= batch.length;
    if (left <= 0) return;
  }
}

function aggregate(args: { readonly zero: Uint8Array; readonly func: FunctionRef }, functions: FunctionResolver): ResultFunction {
  const func = functions.resolve<(a: unknown, b: unknown) => unknown>(args.func);
  return (batches, _partition, task) => foldBatches(batches, startFrom(args.zero, task), func, task)[1];
}

function foreach(args: WithFunction & { readonly isAsync: boolean }, functions: FunctionResolver): ResultFunction {
  const func = functions.resolve<(record: unknown) => unknown>(args.func);
  if (args.isAsync) {
    return async (batches, _partition, task) => {
      for (const batch of batches) {
        const limit = task.executor.settings.asyncConcurrency;
        for (let from = 0; from < batch.length; from += limit) await Promise.all(batch.slice(from, from + limit).map(func));
        task.checkpoint();
      }
    };
  }
  return (batches, _partition, task) => {
    for (const batch of batches) {
      for (const record of batch) func(record);
      task.checkpoint();
    }
  };
}

/** How often each record comes, or each key. */
function countEach(batches: BatchIterator, isByKey: boolean): RecordBatches {
  const index = new KeyIndex();
  const counts: number[] = [];
  for (const batch of batches) {
    for (const record of batch) {
      const slot = index.slot(isByKey ? keyOf(record, "countByKey()") : record);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
  }
  return byKey(index, counts);
}

/** `[key, value]` of all keys. */
function byKey(index: KeyIndex, values: readonly unknown[]): RecordBatches {
  return new RecordBatches([values.map((value, slot) => [index.keyAt(slot), value])]);
}

function reduceByKeyLocally(args: WithFunction, functions: FunctionResolver): ResultFunction {
  const func = functions.resolve<(a: unknown, b: unknown) => unknown>(args.func);
  return (batches, _partition, task) => {
    const index = new KeyIndex();
    const values: unknown[] = [];
    for (const batch of batches) {
      for (const [key, value] of checkPairs(batch, "reduceByKeyLocally()")) {
        const slot = index.slot(key);
        if (slot === values.length) values.push(value);
        else values[slot] = func(values[slot], value);
      }
      task.checkpoint();
    }
    return byKey(index, values);
  };
}

function takeOrdered(
  args: { readonly count: number; readonly compare?: FunctionRef; readonly largest: boolean },
  functions: FunctionResolver,
): ResultFunction {
  const compare = args.compare === undefined ? naturalCompare : functions.resolve<(a: unknown, b: unknown) => number>(args.compare);
  return (batches) => {
    const top = new BoundedTop(args.count, args.largest ? (a, b) => compare(b, a) : compare);
    for (const batch of batches) for (const record of batch) top.add(record);
    return new RecordBatches([top.sorted()]);
  };
}

/** The sum of a partition of numbers. */
function sum(batches: BatchIterator): number {
  let total = 0;
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at++) {
      const value = batch[at];
      if (typeof value !== "number") throw notANumber("sum()", value);
      total += value;
    }
  }
  return total;
}

function notANumber(call: string, value: unknown): Error {
  return coreErrors.create("NUMERIC_RDD_EXPECTED", {
    call,
    type: value === null ? "null" : typeof value === "object" ? classNameOf(value) : typeof value,
  });
}

/** Count, mean, sum of squared differences, min and max of numbers. */
function stats(batches: BatchIterator): readonly number[] {
  let n = 0;
  let mean = 0;
  let m2 = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const batch of batches) {
    for (const record of batch) {
      if (typeof record !== "number") throw notANumber("stats()", record);
      const value = record;
      n++;
      const delta = value - mean;
      mean += delta / n;
      m2 += delta * (value - mean);
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return [n, mean, m2, min, max];
}

function histogram(args: { readonly buckets: readonly number[]; readonly even: boolean }): ResultFunction {
  const { buckets, even } = args;
  const last = buckets.length - 2;
  const low = buckets[0] ?? 0;
  const high = buckets[buckets.length - 1] ?? 0;
  const width = (high - low) / (last + 1);
  return (batches) => {
    const counts = Array.from({ length: last + 1 }, () => 0);
    for (const batch of batches) {
      for (const record of batch) {
        if (typeof record !== "number") throw notANumber("histogram()", record);
        const value = record;
        if (!(value >= low && value <= high)) continue;
        const bucket = even ? Math.min(Math.floor((value - low) / width), last) : bucketOf(buckets, value, last);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
    }
    return counts;
  };
}

function bucketOf(buckets: readonly number[], value: number, last: number): number {
  let from = 0;
  let to = last;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (value >= (buckets[middle] ?? Infinity)) from = middle;
    else to = middle - 1;
  }
  return from;
}

function foreachPartition(args: WithFunction & { readonly withIndex?: boolean }, functions: FunctionResolver): ResultFunction {
  const func = functions.resolve<(...args: unknown[]) => unknown>(args.func);
  return (batches, partition) => {
    const done = args.withIndex === true ? func(partition, recordsOf(batches)) : func(recordsOf(batches));
    // What the function gives back is of no interest, but an async one must be waited for.
    return done instanceof Promise ? done.then(() => undefined) : undefined;
  };
}

const resultFunctions: Readonly<Record<string, Maker>> = {
  count: () => count,
  collect: () => (batches) => new RecordBatches(batches),
  take: (args: { readonly count: number }) => (batches) => new RecordBatches(firstRecords(batches, args.count)),
  isEmpty: () => (batches) => {
    for (const batch of batches) if (batch.length > 0) return false;
    return true;
  },
  reduce: (args: WithFunction, functions) => {
    const func = functions.resolve<(a: unknown, b: unknown) => unknown>(args.func);
    return (batches, _partition, task) => foldBatches(batches, [false, undefined], func, task);
  },
  aggregate,
  foreach,
  foreachPartition,
  countByKey: () => (batches) => countEach(batches, true),
  countByValue: () => (batches) => countEach(batches, false),
  reduceByKeyLocally,
  sketchKeys: (args: Parameters<typeof sketchKeys>[1]) => (batches, partition) => sketchKeys(batches, args, partition),
  sampleKeys: (args: Parameters<typeof sampleKeys>[1]) => (batches, partition) => sampleKeys(batches, args, partition),
  sum: () => sum,
  takeOrdered,
  stats: () => stats,
  histogram,
  distinctSketch: (args: { readonly precision: number; readonly sparsePrecision: number }) => (batches) =>
    distinctSketch(batches, args.precision),
  writeFiles: (args: Parameters<typeof writeFiles>[0], functions) => writeFiles(args, functions),
  write: (args: Parameters<typeof writePartition>[0]) => writePartition(args),
};
