import { KeyIndex } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import { iterableOf } from "./iterable-result.ts";
import { checkedPairs } from "./pair-record.ts";
import type { Evaluator } from "./partition-function.ts";
import {
  type Batch,
  batchesOf,
  type BatchIterator,
  type Computation,
  type ComputationInput,
  type FunctionResolver,
  recordsOf,
} from "./computation.ts";

/** Arguments of a plan node of kind `union`: the number of partitions of each parent. */
export interface UnionArgs {
  readonly parentPartitions: readonly number[];
}

/** Partitions of several parents, one parent after the other. */
export class UnionComputation implements Computation {
  readonly #sources: readonly ComputationInput[];

  constructor(node: PlanNode, parents: readonly Computation[]) {
    const { parentPartitions } = node.args as UnionArgs;
    this.#sources = parentPartitions.flatMap((count, parent) =>
      Array.from({ length: count }, (_, partition) => ({ computation: parents[parent] as Computation, partition })),
    );
  }

  inputs(partition: number): readonly ComputationInput[] {
    return this.#sources.slice(partition, partition + 1);
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    for (const source of this.inputs(partition)) yield* source.computation.compute(source.partition, task);
  }
}

/** Arguments of a plan node of kind `groups`: for each partition, the partitions of each parent that it reads. */
export interface GroupsArgs {
  /** By parent, by partition. */
  readonly groups: readonly (readonly (readonly number[])[])[];
}

/** Partitions joined end to end: coalesce, partitioner-aware union, pruning. */
export class GroupsComputation implements Computation {
  readonly #args: GroupsArgs;
  readonly #parents: readonly Computation[];

  constructor(node: PlanNode, parents: readonly Computation[]) {
    this.#args = node.args as GroupsArgs;
    this.#parents = parents;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return this.#parents.flatMap((computation, parent) =>
      (this.#args.groups[parent]?.[partition] ?? []).map((each) => ({ computation, partition: each })),
    );
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    for (const source of this.inputs(partition)) yield* source.computation.compute(source.partition, task);
  }
}

/** Arguments of a plan node of kind `cartesian`. */
export interface CartesianArgs {
  readonly rightPartitions: number;
}

/** All pairs of two parents' records; the right side is read once for each batch of the left. */
export class CartesianComputation implements Computation {
  readonly #args: CartesianArgs;
  readonly #parents: readonly Computation[];

  constructor(node: PlanNode, parents: readonly Computation[]) {
    this.#args = node.args as CartesianArgs;
    this.#parents = parents;
  }

  inputs(partition: number): readonly ComputationInput[] {
    const [left, right] = this.#parents as readonly [Computation, Computation];
    const { rightPartitions } = this.#args;
    return [
      { computation: left, partition: Math.floor(partition / rightPartitions) },
      { computation: right, partition: partition % rightPartitions },
    ];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const [left, right] = this.inputs(partition) as readonly [ComputationInput, ComputationInput];
    let kept: readonly Batch[] | "too large" | undefined;
    // The left side's order comes first, as in Spark: all pairs of its first record before those of its second.
    for (const leftBatch of left.computation.compute(left.partition, task)) {
      for (const record of leftBatch) {
        kept ??= keepBatches(right.computation.compute(right.partition, task), task);
        for (const rightBatch of kept === "too large" ? right.computation.compute(right.partition, task) : kept) {
          yield rightBatch.map((other) => [record, other]);
          task.checkpoint();
        }
      }
    }
  }
}

/** All batches; when the heap is short for them they are computed for each record of the other side. */
function keepBatches(batches: BatchIterator, task: TaskRuntime): Batch[] | "too large" {
  const kept: Batch[] = [];
  for (const batch of batches) {
    kept.push(batch);
    task.checkpoint();
    if (task.executor.heap.shouldSpill) return "too large";
  }
  return kept;
}

/** Arguments of a plan node of kind `zipPartitions`. */
export interface ZipPartitionsArgs {
  /** Absent pairs up the records of two parents. */
  readonly func?: FunctionRef;
  /** What it takes: one iterator a parent, nothing, to give an evaluator, or as a library's the partition, the iterators and the task. */
  readonly shape: "records" | "evaluator" | "module";
}

/** Partitions with equal numbers, read side by side. */
export class ZipPartitionsComputation implements Computation {
  readonly #parents: readonly Computation[];
  readonly #func: ((...args: unknown[]) => unknown) | undefined;
  readonly #shape: ZipPartitionsArgs["shape"];

  constructor(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver) {
    this.#parents = parents;
    const { func, shape } = node.args as ZipPartitionsArgs;
    this.#func = func === undefined ? undefined : functions.resolve<(...args: unknown[]) => unknown>(func);
    this.#shape = shape;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return this.#parents.map((computation) => ({ computation, partition }));
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const iterators = this.#parents.map((parent) => recordsOf(parent.compute(partition, task)));
    for (const batch of batchesOf(this.#records(iterators, partition, task), task.executor.settings.batchRecords)) {
      yield batch;
      task.checkpoint();
    }
  }

  #records(iterators: readonly IterableIterator<unknown>[], partition: number, task: TaskRuntime): Iterable<unknown> {
    if (this.#func === undefined) return pairUp(iterators, partition);
    if (this.#shape === "module") return iterableOf(this.#func(partition, ...iterators, task), "zipPartitions()");
    if (this.#shape === "evaluator")
      return iterableOf((this.#func() as Evaluator).eval(partition, ...iterators), "zipPartitionsWithEvaluator()");
    return iterableOf(this.#func(...iterators), "zipPartitions()");
  }
}

function* pairUp(iterators: readonly Iterator<unknown>[], partition: number): IterableIterator<unknown> {
  const [left, right] = iterators as readonly [Iterator<unknown>, Iterator<unknown>];
  for (let count = 0; ; count++) {
    const a = left.next();
    const b = right.next();
    if (a.done === true && b.done === true) return;
    if (a.done === true || b.done === true)
      throw coreErrors.create("ZIP_LENGTHS_DIFFER", { partition, left: count + (a.done === true ? 0 : 1) });
    yield [a.value, b.value];
  }
}

/** Arguments of a plan node of kind `subtract`. */
export interface SubtractArgs {
  readonly sides: readonly [CoGroupSide, CoGroupSide];
}

/** Where one side of a cogroup comes from: a parent with the same partitioning, or a shuffle. */
export type CoGroupSide = { readonly kind: "narrow"; readonly parent: number } | { readonly kind: "shuffle"; readonly shuffleId: number };

/** The batches of one side. */
export function readSide(side: CoGroupSide, parents: readonly Computation[], partition: number, task: TaskRuntime): Iterable<Batch> {
  if (side.kind === "narrow") return checkedPairs((parents[side.parent] as Computation).compute(partition, task), "A cogroup or join");
  return decodedBlocks(side.shuffleId, partition, task);
}

function* decodedBlocks(shuffleId: number, partition: number, task: TaskRuntime): IterableIterator<Batch> {
  for (const block of task.executor.shuffles.read(shuffleId, partition, task)) yield block.decode();
}

/** Inputs that a cogroup's sides pull from without a shuffle. */
export function narrowInputs(
  sides: readonly CoGroupSide[],
  parents: readonly Computation[],
  partition: number,
): readonly ComputationInput[] {
  return sides.flatMap((side) => (side.kind === "narrow" ? [{ computation: parents[side.parent] as Computation, partition }] : []));
}

/** Pairs of the left side whose key the right side does not have. */
export class SubtractComputation implements Computation {
  readonly #args: SubtractArgs;
  readonly #parents: readonly Computation[];

  constructor(node: PlanNode, parents: readonly Computation[]) {
    this.#args = node.args as SubtractArgs;
    this.#parents = parents;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return narrowInputs(this.#args.sides, this.#parents, partition);
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const [left, right] = this.#args.sides;
    const removed = new KeyIndex();
    for (const batch of readSide(right, this.#parents, partition, task)) {
      for (const record of batch) removed.slot((record as readonly unknown[])[0]);
      task.checkpoint();
    }
    for (const batch of readSide(left, this.#parents, partition, task)) {
      yield batch.filter((record) => removed.find((record as readonly unknown[])[0]) < 0);
      task.checkpoint();
    }
  }
}
