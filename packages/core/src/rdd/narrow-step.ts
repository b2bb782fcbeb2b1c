import type { AsyncStepArgs } from "../compute/async-step.ts";
import type { BatchFunctionArgs } from "../compute/batch-function.ts";
import type { MapPartitionsArgs } from "../compute/partition-function.ts";
import type { RecordStep, RecordStepArgs } from "../compute/record-step.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import type { PlanFunction } from "./dependency.ts";
import { MapPartitionsRDD, type NarrowStep } from "./map-partitions-rdd.ts";
import type { RDD } from "./rdd.ts";

/** A function as users give it; its own types are checked where it is given. */
export type UserFunction = (...args: never[]) => unknown;

type FunctionOp = Extract<RecordStep, { func: unknown }>["op"];

/** A step over single records; an async function runs ahead of the rest of the task. */
export function recordStep<U>(
  parent: RDD<unknown>,
  op: FunctionOp,
  func: UserFunction,
  keepsPartitioner = false,
  method: string = op,
): RDD<U> {
  const call = `rdd.${method}()`;
  const step: NarrowStep = isAsync(func)
    ? { kind: "asyncRecords", keepsPartitioner, args: (encoder): AsyncStepArgs => ({ op, func: encoder.func(func, call) }) }
    : { kind: "records", keepsPartitioner, args: (encoder): RecordStepArgs => ({ step: { op, func: encoder.func(func, call) } }) };
  return new MapPartitionsRDD<U>(parent, method, step);
}

/** A record step with one of the engine's functions. */
export function engineStep<U>(parent: RDD<unknown>, op: FunctionOp, func: PlanFunction, keepsPartitioner: boolean, method: string): RDD<U> {
  const args = (encoder: PlanEncoder): RecordStepArgs => ({ step: { op, func: encoder.ref(func) } });
  return new MapPartitionsRDD<U>(parent, method, { kind: "records", keepsPartitioner, args });
}

/** A record step that needs no function. */
export function plainStep<U>(parent: RDD<unknown>, op: "keys" | "values", method: string): RDD<U> {
  return new MapPartitionsRDD<U>(parent, method, { kind: "records", args: (): RecordStepArgs => ({ step: { op } }) });
}

/** A user function over whole partitions. */
export function partitionStep<U>(
  parent: RDD<unknown>,
  method: string,
  func: UserFunction,
  shape: MapPartitionsArgs["shape"],
  keepsPartitioner: boolean,
  isBarrier = false,
): RDD<U> {
  return new MapPartitionsRDD<U>(parent, method, {
    kind: "mapPartitions",
    keepsPartitioner,
    isBarrier,
    args: (encoder): MapPartitionsArgs => ({ func: encoder.func(func, `rdd.${method}()`), method, shape, isAsync: isAsync(func) }),
  });
}

/** Engine functions that do other things to records that come in another order. */
const orderSensitive: ReadonlySet<BatchFunctionArgs["name"]> = new Set(["bernoulli", "poisson", "roundRobin", "zipWithUniqueId"]);

/** Arguments of an engine function: plain data, or made when the plan is. */
type BatchArgs = Readonly<Record<string, unknown>> | ((encoder: PlanEncoder, numPartitions: number) => unknown);

/** One of the engine's functions over a partition's batches. */
export function batchStep<U>(
  parent: RDD<unknown>,
  method: string,
  name: BatchFunctionArgs["name"],
  args?: BatchArgs,
  keepsPartitioner = false,
  kindName = "MapPartitionsRDD",
): RDD<U> {
  return new MapPartitionsRDD<U>(parent, method, {
    kind: "batches",
    kindName,
    effect: orderSensitive.has(name) ? "orderSensitive" : undefined,
    keepsPartitioner,
    args: (encoder, numPartitions): BatchFunctionArgs => ({ name, args: typeof args === "function" ? args(encoder, numPartitions) : args }),
  });
}

/** True for `async` functions and async generators; a plain function that gives a promise cannot be told beforehand. */
export function isAsync(func: UserFunction): boolean {
  const tag = Object.prototype.toString.call(func);
  return tag === "[object AsyncFunction]" || tag === "[object AsyncGeneratorFunction]";
}
