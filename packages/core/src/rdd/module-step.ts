import type { MapPartitionsArgs } from "../compute/partition-function.ts";
import { MapPartitionsRDD } from "./map-partitions-rdd.ts";
import type { AsyncStepArgs } from "../compute/async-step.ts";
import type { RDD } from "./rdd.ts";

/** A function of a library on top of core: what a module's export makes of plain data. Nothing is captured. */
export interface ModuleFunction {
  /** The module's URL, a file of its own in the built package (`vonk.workers` in package.json). */
  readonly module: string;
  /** The export, called once a stage and thread with `args`; it gives the function of a partition. */
  readonly export: string;
  /** Values that travel, broadcasts among them. */
  readonly args: unknown;
  /** Results of shuffles that the function reads itself, by `shuffleRecords`: what is lost of them is made again for it. */
  readonly reads?: readonly RDD<unknown>[];
  /** How long a task that ends here is thought to run, in milliseconds: tasks of a few are sent together. Absent when nobody knows. */
  readonly taskMs?: number | undefined;
}

/** Each partition's records from those of the parent by a library's function, `(partition, records, task) => iterable`. */
export function moduleStep<U>(parent: RDD<unknown>, name: string, func: ModuleFunction, keepsPartitioner = false): RDD<U> {
  return new MapPartitionsRDD<U>(parent, name, {
    kind: "mapPartitions",
    kindName: name,
    keepsPartitioner,
    reads: func.reads ?? [],
    taskMs: func.taskMs,
    args: (encoder): MapPartitionsArgs => ({
      func: encoder.module(func.module, func.export, parent.context.codec.encodeValue(func.args)),
      method: name,
      shape: "module",
      isAsync: false,
    }),
  });
}

/** Each record by a library's async function, a bounded number at once; the rest of the task comes after it. */
export function asyncModuleStep<U>(parent: RDD<unknown>, name: string, func: ModuleFunction): RDD<U> {
  return new MapPartitionsRDD<U>(parent, name, {
    kind: "asyncRecords",
    kindName: name,
    args: (encoder): AsyncStepArgs => ({
      op: "map",
      func: encoder.module(func.module, func.export, parent.context.codec.encodeValue(func.args)),
    }),
  });
}
