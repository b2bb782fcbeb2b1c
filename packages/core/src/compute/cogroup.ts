import { KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import { HashSpill } from "../shuffle/external-combiner.ts";
import type { Batch, BatchIterator, Computation, ComputationInput } from "./computation.ts";
import { type CoGroupSide, narrowInputs, readSide } from "./several-parents.ts";

/** What a cogroup gives for each key. */
export type CoGroupOutput = "groups" | "join" | "leftOuter" | "rightOuter" | "fullOuter";

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

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const { sides, output } = this.#args;
    const emitter = new PairEmitter(output, task.executor.settings.batchRecords);
    for (const table of groupSides(this.#read(partition, task), sides.length, task, 0)) yield* emitter.drain(table);
  }

  *#read(partition: number, task: TaskRuntime): IterableIterator<SideBatch> {
    const { sides } = this.#args;
    for (let side = 0; side < sides.length; side++) {
      for (const batch of readSide(sides[side] as CoGroupSide, this.#parents, partition, task)) yield { side, batch };
    }
  }
}

interface SideBatch {
  readonly side: number;
  readonly batch: Batch;
}

/** Values by key and side. */
class GroupTable {
  readonly index = new KeyIndex();
  /** By side, by slot; undefined where the side has no value of the key. */
  readonly groups: (unknown[] | undefined)[][];

  constructor(sides: number) {
    this.groups = Array.from({ length: sides }, () => []);
  }

  add({ side, batch }: SideBatch): void {
    const { index } = this;
    const groups = this.groups[side] as (unknown[] | undefined)[];
    for (let at = 0; at < batch.length; at++) {
      const pair = batch[at] as readonly [unknown, unknown];
      const slot = index.slot(pair[0]);
      const group = groups[slot];
      if (group !== undefined) {
        group.push(pair[1]);
      } else {
        while (groups.length < slot) groups.push(undefined);
        groups[slot] = [pair[1]];
      }
    }
  }

  /** Adds what {@link HashSpill} gave back: `[key, groups]`. */
  addSpilled(batch: Batch): void {
    for (const record of batch) {
      const [key, groups] = record as readonly [unknown, readonly unknown[][]];
      groups.forEach((values, side) => this.add({ side, batch: values.map((value) => [key, value]) }));
    }
  }

  groupsAt(slot: number): unknown[][] {
    return this.groups.map((side) => side[slot] ?? []);
  }

  get size(): number {
    return this.index.size;
  }
}

/**
 * Tables that together hold every key once, with all its values: one table, or when the heap ran short one for each part of
 * a {@link HashSpill}.
 */
function* groupSides(source: Iterable<SideBatch>, sides: number, task: TaskRuntime, depth: number): IterableIterator<GroupTable> {
  let table = new GroupTable(sides);
  let spill: HashSpill | undefined;
  const spillTable = (into: HashSpill): void => {
    const full = table;
    into.write(full.index, full.size, (slot) => full.groupsAt(slot));
    table = new GroupTable(sides);
  };
  for (const batch of source) {
    table.add(batch);
    task.checkpoint();
    if (depth >= HashSpill.depthMax || !task.executor.heap.shouldSpill) continue;
    spill ??= new HashSpill(task, depth);
    spillTable(spill);
  }
  if (spill === undefined) {
    yield table;
    return;
  }
  spillTable(spill);
  for (let part = 0; part < HashSpill.parts; part++) {
    const merged = new GroupTable(sides);
    for (const batch of spill.read(part)) {
      merged.addSpilled(batch);
      task.checkpoint();
    }
    yield merged;
  }
}

/** Turns grouped keys into output records. */
class PairEmitter {
  readonly #output: CoGroupOutput;
  readonly #size: number;

  constructor(output: CoGroupOutput, size: number) {
    this.#output = output;
    this.#size = size;
  }

  *drain(table: GroupTable): BatchIterator {
    let batch: Batch = [];
    const { size } = table;
    for (let slot = 0; slot < size; slot++) {
      const key = table.index.keyAt(slot);
      if (this.#output === "groups") batch.push([key, table.groupsAt(slot)]);
      else this.#pairs(batch, key, table.groups[0]?.[slot], table.groups[1]?.[slot]);
      if (batch.length < this.#size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  #pairs(batch: Batch, key: unknown, left: readonly unknown[] | undefined, right: readonly unknown[] | undefined): void {
    const keepsLeft = this.#output === "leftOuter" || this.#output === "fullOuter";
    const keepsRight = this.#output === "rightOuter" || this.#output === "fullOuter";
    if (left !== undefined && right !== undefined) {
      for (const a of left) for (const b of right) batch.push([key, [a, b]]);
    } else if (left !== undefined && keepsLeft) {
      for (const a of left) batch.push([key, [a, undefined]]);
    } else if (right !== undefined && keepsRight) {
      for (const b of right) batch.push([key, [undefined, b]]);
    }
  }
}
