import { assert, seededRandom } from "@vonk/common/internal";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { distinctBatches } from "./distinct.ts";
import { pipeBatches } from "./pipe.ts";
import { poissonSample, bernoulliSample } from "./sampling.ts";
import type { Batch, BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";

/** An engine function over the batches of a partition. */
export type BatchFunction = (batches: BatchIterator, partition: number, args: unknown, task: TaskRuntime, functions: FunctionResolver) => BatchIterator;

/** Arguments of a plan node of kind `batches`. */
export interface BatchFunctionArgs {
  readonly name: keyof typeof batchFunctions;
  readonly args?: unknown;
}

/** Runs one of {@link batchFunctions} over the parent's batches. */
export class BatchFunctionComputation implements Computation {
  readonly #args: BatchFunctionArgs;
  readonly #parent: Computation;
  readonly #functions: FunctionResolver;
  readonly #func: BatchFunction;

  constructor(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver, table: Readonly<Record<string, BatchFunction>>) {
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

/** Engine functions by name. */
export const batchFunctions: Readonly<
  Record<
    "glom" | "zipWithIndex" | "zipWithUniqueId" | "roundRobin" | "withNull" | "bernoulli" | "poisson" | "distinct" | "pipe",
    BatchFunction
  >
> = {
  glom,
  zipWithIndex,
  zipWithUniqueId,
  roundRobin,
  withNull,
  bernoulli: bernoulliSample,
  poisson: poissonSample,
  distinct: distinctBatches,
  pipe: pipeBatches,
};
