import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { StorageLevel } from "../storage/storage-level.ts";
import type { BatchIterator, Computation, ComputationInput } from "./computation.ts";

/** A persisted RDD: gives the stored partition, or computes and stores it. */
export class CachedComputation implements Computation {
  readonly #inner: Computation;
  readonly #rddId: number;
  readonly #level: StorageLevel;

  constructor(inner: Computation, node: PlanNode, level: StorageLevel) {
    this.#inner = inner;
    this.#rddId = node.rddId;
    this.#level = level;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.#inner, partition }];
  }

  /**
   * Opens the stored partition before async steps run, so that those behind it do not run for nothing.
   * False when it is not stored.
   */
  openStored(partition: number, task: TaskRuntime): boolean {
    const stored = task.executor.blocks.get(this.#rddId, partition, task);
    if (stored !== undefined) task.prepared.set(this.#key(partition), stored);
    return stored !== undefined;
  }

  #key(partition: number): string {
    return `cached ${this.#rddId} ${partition}`;
  }

  compute(partition: number, task: TaskRuntime): BatchIterator {
    const { blocks } = task.executor;
    const opened = task.prepared.get(this.#key(partition));
    // What was opened is read once; a second reader opens it anew.
    task.prepared.delete(this.#key(partition));
    const stored = (opened as BatchIterator | undefined) ?? blocks.get(this.#rddId, partition, task);
    return stored ?? blocks.put(this.#rddId, partition, this.#level, this.#inner.compute(partition, task), task);
  }
}
