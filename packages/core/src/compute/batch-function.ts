import { assert, seededRandom } from "@vonk/common/internal";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { combineBatches } from "../shuffle/external-combiner.ts";
import { sortByKey } from "../shuffle/external-sorter.ts";
import { distinctBatches, distinctRecords } from "./distinct.ts";
import { foldBatches, startFrom } from "./fold-batches.ts";
import { checkedPairs } from "./pair-record.ts";
import { pipeBatches } from "./pipe.ts";
import { bernoulliSample, poissonSample, sampleExactly } from "./sampling.ts";
import { resolveAggregator, type ShuffledArgs, sortOrder } from "./shuffled.ts";
import type { Batch, BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";

/** An engine function over the batches of a partition. */
export type BatchFunction = (
  batches: BatchIterator,
  partition: number,
  args: unknown,
  task: TaskRuntime,
  functions: FunctionResolver,
) => BatchIterator;

/** The engine functions over batches. */
export type BatchFunctionName =
  | "bernoulli"
  | "combine"
  | "distinct"
  | "foldPartition"
  | "glom"
  | "keyByPartition"
  | "pipe"
  | "poisson"
  | "roundRobin"
  | "sampleExactly"
  | "withNull"
  | "zipWithIndex"
  | "zipWithUniqueId";

/** Arguments of a plan node of kind `batches`. */
export interface BatchFunctionArgs {
  readonly name: BatchFunctionName;
  readonly args?: unknown;
}

/** Runs one of {@link batchFunctions} over the parent's batches. */
export class BatchFunctionComputation implements Computation {
  readonly #args: BatchFunctionArgs;
  readonly #parent: Computation;
  readonly #functions: FunctionResolver;
  readonly #func: BatchFunction;

  constructor(
    node: PlanNode,
    parents: readonly Computation[],
    functions: FunctionResolver,
    table: Readonly<Record<string, BatchFunction>>,
  ) {
    this.#args = node.args as BatchFunctionArgs;
    this.#parent = parents[0] as Computation;
    this.#functions = functions;
    const func = table[this.#args.name];
    assert(func !== undefined, `batch function ${this.#args.name} exists`);
    this.#func = func;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.#parent, partition }];
  }

  compute(partition: number, task: TaskRuntime): BatchIterator {
    return this.#func(this.#parent.compute(partition, task), partition, this.#args.args, task, this.#functions);
  }
}

function* glom(batches: BatchIterator): BatchIterator {
  const all: unknown[] = [];
  for (const batch of batches) for (const record of batch) all.push(record);
  yield [all];
}

function* zipWithIndex(batches: BatchIterator, partition: number, args: unknown): BatchIterator {
  const { starts } = args as { readonly starts: readonly number[] };
  let index = starts[partition] ?? 0;
  for (const batch of batches) yield batch.map((record) => [record, index++]);
}

function* zipWithUniqueId(batches: BatchIterator, partition: number, args: unknown): BatchIterator {
  const { numPartitions } = args as { readonly numPartitions: number };
  let count = 0;
  for (const batch of batches) yield batch.map((record) => [record, count++ * numPartitions + partition]);
}

/** Gives each record a target partition in turn, from a start that differs by partition, as Spark's `coalesce(shuffle = true)`. */
function* roundRobin(batches: BatchIterator, partition: number, args: unknown): BatchIterator {
  const { numPartitions } = args as { readonly numPartitions: number };
  let position = seededRandom(partition).nextInt(numPartitions);
  for (const batch of batches) {
    const keyed: Batch = [];
    for (const record of batch) {
      position = position + 1 >= numPartitions ? 0 : position + 1;
      keyed.push([position, record]);
    }
    yield keyed;
  }
}

function* withNull(batches: BatchIterator): BatchIterator {
  for (const batch of batches) yield batch.map((record) => [record, null]);
}

/** What the reduce side of a shuffle does, on records that lie right already. */
function combine(batches: BatchIterator, _partition: number, args: unknown, task: TaskRuntime, functions: FunctionResolver): BatchIterator {
  const { aggregator, ordering, distinctKeys } = args as Pick<ShuffledArgs, "aggregator" | "ordering" | "distinctKeys">;
  if (distinctKeys === true) return distinctRecords(batches, task);
  const pairs = checkedPairs(batches, "An operation by key");
  const combined = aggregator === undefined ? pairs : combineBatches(pairs, resolveAggregator(aggregator, false, functions), task);
  return ordering === undefined ? combined : sortByKey(combined, sortOrder(ordering, functions), task);
}

/** One record a partition: all its records folded into a copy of the zero value, or the first of them when there is none. */
function* foldPartition(
  batches: BatchIterator,
  _partition: number,
  raw: unknown,
  task: TaskRuntime,
  functions: FunctionResolver,
): BatchIterator {
  const args = raw as { readonly zero?: Uint8Array; readonly func: FunctionRef };
  const func = functions.resolve<(a: unknown, b: unknown) => unknown>(args.func);
  const [has, value] = foldBatches(batches, startFrom(args.zero, task), func, task);
  if (has) yield [value];
}

/** `[partition modulo count, record]`. */
function* keyByPartition(batches: BatchIterator, partition: number, args: unknown): BatchIterator {
  const { count } = args as { readonly count: number };
  for (const batch of batches) yield batch.map((record) => [partition % count, record]);
}

/** Engine functions by name. */
export const batchFunctions: Readonly<Record<BatchFunctionName, BatchFunction>> = {
  bernoulli: bernoulliSample,
  combine,
  distinct: distinctBatches,
  foldPartition,
  glom,
  keyByPartition,
  pipe: pipeBatches,
  poisson: poissonSample,
  roundRobin,
  sampleExactly,
  withNull,
  zipWithIndex,
  zipWithUniqueId,
};
