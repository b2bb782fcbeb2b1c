import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";

/** Records that move through a pipeline together, at most a few thousand. The receiver owns the array. */
export type Batch = unknown[];

/** Batches of one partition, pulled one at a time; empty batches are allowed. */
export type BatchIterator = IterableIterator<Batch>;

/** What a task thread does for one RDD of a stage; made once a stage and thread. */
export interface Computation {
  /** The records of a partition. Synchronous: whatever is not there yet is waited for. */
  compute(partition: number, task: TaskRuntime): BatchIterator;
  /** The parents' partitions that {@link compute} pulls from; lets async steps run first. */
  inputs(partition: number): readonly ComputationInput[];
  /** Runs the partition's async part and keeps its output for {@link compute}; only on computations with async functions. */
  prepareAsync?(partition: number, task: TaskRuntime): Promise<void>;
}

/** One partition of one parent. */
export interface ComputationInput {
  readonly computation: Computation;
  readonly partition: number;
}

/** Turns function references of a plan into functions; a closure is decoded once a stage and thread. */
export interface FunctionResolver {
  // The shapes of user functions are known to the computation that calls them, not here.
  resolve<F extends (...args: never[]) => unknown>(ref: FunctionRef): F;
}

/** Makes the computation of one kind of plan node. */
export type ComputationFactory = (
  node: PlanNode,
  parents: readonly Computation[],
  functions: FunctionResolver,
  label: string,
) => Computation;

/** Records of batches, one by one. */
export function* recordsOf(batches: Iterable<Batch>): IterableIterator<unknown> {
  for (const batch of batches) yield* batch;
}

/** Records in batches of `size`. */
export function* batchesOf(records: Iterable<unknown>, size = 4096): BatchIterator {
  let batch: Batch = [];
  for (const record of records) {
    batch.push(record);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
