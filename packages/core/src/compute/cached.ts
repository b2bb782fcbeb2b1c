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

  compute(partition: number, task: TaskRuntime): BatchIterator {
    const { blocks } = task.executor;
    const stored = blocks.get(this.#rddId, partition, task);
    return stored ?? blocks.put(this.#rddId, partition, this.#level, this.#inner.compute(partition, task), task);
  }
}
