import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import { groupSides, type GroupTable, type SideBatch } from "./group-table.ts";
import { hashJoin, type JoinOutput } from "./hash-join.ts";
import type { Batch, BatchIterator, Computation, ComputationInput } from "./computation.ts";
import { type CoGroupSide, narrowInputs, readSide } from "./several-parents.ts";

/** What a cogroup gives: the groups of each key, or the join of two sides. */
export type CoGroupOutput = "groups" | JoinOutput;

/** Arguments of a plan node of kind `cogroup`. */
export interface CoGroupArgs {
  readonly sides: readonly CoGroupSide[];
  readonly output: CoGroupOutput;
}

/** Groups the values of equal keys of several sides, or joins two of them. */
export class CoGroupComputation implements Computation {
  readonly #args: CoGroupArgs;
  readonly #parents: readonly Computation[];

  constructor(node: PlanNode, parents: readonly Computation[]) {
    this.#args = node.args as CoGroupArgs;
    this.#parents = parents;
  }

  inputs(partition: number): readonly ComputationInput[] {
    return narrowInputs(this.#args.sides, this.#parents, partition);
  }

  compute(partition: number, task: TaskRuntime): BatchIterator {
    const { sides, output } = this.#args;
    const source = this.#read(partition, task);
    return output === "groups" ? groupsOf(groupSides(source, sides.length, task), task) : hashJoin(source, output, task);
  }

  *#read(partition: number, task: TaskRuntime): IterableIterator<SideBatch> {
    const { sides } = this.#args;
    for (let side = 0; side < sides.length; side++) {
      for (const batch of readSide(sides[side] as CoGroupSide, this.#parents, partition, task)) yield { side, batch };
    }
  }
}

/** `[key, groups]` of all keys. */
function* groupsOf(tables: Iterable<GroupTable>, task: TaskRuntime): BatchIterator {
  const recordsMax = task.executor.settings.batchRecords;
  for (const table of tables) {
    for (let from = 0; from < table.size; from += recordsMax) {
      const batch: Batch = [];
      const to = Math.min(table.size, from + recordsMax);
      for (let slot = from; slot < to; slot++) batch.push([table.index.keyAt(slot), table.groupsAt(slot)]);
      yield batch;
      task.checkpoint();
    }
  }
}
