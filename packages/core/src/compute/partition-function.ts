import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { collectAsync } from "./async-step.ts";
import { asyncIterableOf, iterableOf } from "./iterable-result.ts";
import { RecordBatches } from "./record-batches.ts";
import {
  type Batch,
  batchesOf,
  type BatchIterator,
  type Computation,
  type ComputationInput,
  type FunctionResolver,
  recordsOf,
} from "./computation.ts";

/** Arguments of a plan node of kind `mapPartitions`: a user function from a partition's records to others. */
export interface MapPartitionsArgs {
  readonly func: FunctionRef;
  /** The method that took it, for errors. */
  readonly method: string;
  /**
   * What the function takes: the records, the partition's number and the records, or nothing, to give an evaluator whose `eval` takes both.
   * A library's function is given the task as well.
   */
  readonly shape: "records" | "withIndex" | "evaluator" | "module";
  /** True when it is async or an async generator. */
  readonly isAsync: boolean;
}

/** What an evaluator factory makes, once a task. */
export interface Evaluator {
  eval(partition: number, ...inputs: Iterator<unknown>[]): unknown;
}

type PartitionFunction = (...args: unknown[]) => unknown;

/** Runs a user function over each partition's records. */
export class MapPartitionsComputation implements Computation {
  readonly #args: MapPartitionsArgs;
  readonly #parent: Computation;
  readonly #key: string;
  readonly #func: PartitionFunction;
  readonly prepareAsync?: (partition: number, task: TaskRuntime) => Promise<void>;

  constructor(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver) {
    this.#args = node.args as MapPartitionsArgs;
    this.#parent = parents[0] as Computation;
    this.#key = `rdd ${node.rddId}`;
    this.#func = functions.resolve<PartitionFunction>(this.#args.func);
    if (this.#args.isAsync) this.prepareAsync = (partition, task) => this.#prepare(partition, task);
  }

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.#parent, partition }];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const size = task.executor.settings.batchRecords;
    const prepared = task.prepared.get(`${this.#key} ${partition}`);
    if (prepared !== undefined) {
      yield* prepared as Iterable<Batch>;
      return;
    }
    const result = this.#call(partition, task);
    const batches = result instanceof RecordBatches ? result.batches : batchesOf(iterableOf(result, `${this.#args.method}()`), size);
    for (const batch of batches) {
      yield batch;
      task.checkpoint();
    }
  }

  #call(partition: number, task: TaskRuntime): unknown {
    const records = recordsOf(this.#parent.compute(partition, task));
    switch (this.#args.shape) {
      case "records":
        return this.#func(records);
      case "withIndex":
        return this.#func(partition, records);
      case "module":
        return this.#func(partition, records, task);
      case "evaluator":
        return (this.#func() as Evaluator).eval(partition, records);
    }
  }

  async #prepare(partition: number, task: TaskRuntime): Promise<void> {
    const result = asyncIterableOf(await this.#call(partition, task), `${this.#args.method}()`);
    task.prepared.set(`${this.#key} ${partition}`, await collectAsync(result, task));
  }
}
