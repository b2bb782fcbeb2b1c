import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { BatchIterator, Computation, ComputationInput } from "./computation.ts";

/** Arguments of a plan node of kind `parallel`: one encoded block a partition. */
export interface ParallelArgs {
  readonly slices: readonly Uint8Array[];
}

/** Records that came with the plan. */
export class ParallelComputation implements Computation {
  readonly #args: ParallelArgs;

  constructor(node: PlanNode) {
    this.#args = node.args as ParallelArgs;
  }

  inputs(): readonly ComputationInput[] {
    return [];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const slice = this.#args.slices[partition];
    if (slice === undefined) return;
    const block = task.executor.codec.open(slice);
    const size = task.executor.settings.batchRecords;
    for (let from = 0; from < block.count; from += size) yield block.decodeRange(from, Math.min(block.count, from + size));
  }
}

/** Arguments of a plan node of kind `range`: `count` numbers from `start` in steps of `step`, cut into `numSlices` even runs. */
export interface RangeArgs {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly numSlices: number;
}

/** Numbers made on the spot. */
export class RangeComputation implements Computation {
  readonly #args: RangeArgs;

  constructor(node: PlanNode) {
    this.#args = node.args as RangeArgs;
  }

  inputs(): readonly ComputationInput[] {
    return [];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const { start, step, count, numSlices } = this.#args;
    const end = sliceStart(count, numSlices, partition + 1);
    const size = task.executor.settings.batchRecords;
    for (let from = sliceStart(count, numSlices, partition); from < end; from += size) {
      const to = Math.min(end, from + size);
      const batch: number[] = [];
      for (let index = from; index < to; index++) batch.push(start + index * step);
      yield batch;
    }
  }
}

/** Where slice `index` of `numSlices` begins among `count` records; slices differ by at most one record, as in Spark. */
export function sliceStart(count: number, numSlices: number, index: number): number {
  return Number((BigInt(index) * BigInt(count)) / BigInt(numSlices));
}
