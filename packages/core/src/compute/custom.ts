import type { TaskContext } from "../executor/task-context.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import { collectAsync } from "./async-step.ts";
import {
  type Batch,
  batchesOf,
  type BatchIterator,
  type Computation,
  type ComputationInput,
  type FunctionResolver,
  recordsOf,
} from "./computation.ts";
import { asyncIterableOf, iterableOf } from "./iterable-result.ts";

/** Arguments of a plan node of kind `custom`: a partition's records from a user's `compute`. */
export interface CustomArgs {
  /** The bound method: partition, context, inputs. */
  readonly func: FunctionRef;
  /** The class, for errors. */
  readonly className: string;
  readonly isAsync: boolean;
  /** By partition, an encoded batch of one: what the user listed. */
  readonly partitions: readonly Uint8Array[];
  /** By parent, by partition: the parent's partitions that it reads. */
  readonly groups: readonly (readonly (readonly number[])[])[];
}

type Compute = (partition: unknown, context: TaskContext, inputs: readonly Iterable<unknown>[]) => unknown;

/** Runs the `compute` of a user's own kind of RDD. */
export class CustomComputation implements Computation {
  readonly #args: CustomArgs;
  readonly #parents: readonly Computation[];
  readonly #key: string;
  readonly #func: Compute;
  readonly prepareAsync?: (partition: number, task: TaskRuntime) => Promise<void>;

  constructor(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver) {
    this.#args = node.args as CustomArgs;
    this.#parents = parents;
    this.#key = `rdd ${node.rddId}`;
    this.#func = functions.resolve<Compute>(this.#args.func);
    if (this.#args.isAsync) this.prepareAsync = (partition, task) => this.#prepare(partition, task);
  }

  inputs(partition: number): readonly ComputationInput[] {
    return this.#parents.flatMap((_, parent) => this.#inputsOf(parent, partition));
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const prepared = task.prepared.get(`${this.#key} ${partition}`);
    if (prepared !== undefined) {
      yield* prepared as Iterable<Batch>;
      return;
    }
    for (const batch of batchesOf(iterableOf(this.#call(partition, task), this.#name), task.executor.settings.batchRecords)) {
      yield batch;
      task.checkpoint();
    }
  }

  get #name(): string {
    return `${this.#args.className}.compute()`;
  }

  #inputsOf(parent: number, partition: number): ComputationInput[] {
    const computation = this.#parents[parent] as Computation;
    return (this.#args.groups[parent]?.[partition] ?? []).map((each) => ({ computation, partition: each }));
  }

  #call(partition: number, task: TaskRuntime): unknown {
    const [listed] = task.executor.codec.open(this.#args.partitions[partition] as Uint8Array).decode();
    const inputs = this.#parents.map((_, parent) => recordsOf(batchesFrom(this.#inputsOf(parent, partition), task)));
    return this.#func(listed, task.context, inputs);
  }

  async #prepare(partition: number, task: TaskRuntime): Promise<void> {
    const result = asyncIterableOf(await this.#call(partition, task), this.#name);
    task.prepared.set(`${this.#key} ${partition}`, await collectAsync(result, task));
  }
}

function* batchesFrom(inputs: readonly ComputationInput[], task: TaskRuntime): BatchIterator {
  for (const { computation, partition } of inputs) yield* computation.compute(partition, task);
}
