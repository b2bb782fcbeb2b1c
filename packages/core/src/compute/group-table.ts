import { KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { HashSpill } from "../shuffle/external-combiner.ts";
import type { Batch } from "./computation.ts";

/** Records of one side; all of a side come before those of the next. */
export interface SideBatch {
  readonly side: number;
  readonly batch: Batch;
}

/** Values by key and side. */
export class GroupTable {
  readonly index: KeyIndex = new KeyIndex();
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

  /** Writes `[key, groups]` records. */
  spillTo(spill: HashSpill): void {
    spill.write(this.index, this.size, (slot) => this.groupsAt(slot));
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
 * @param spilled what was written before, in the form of {@link GroupTable.spillTo}
 */
export function* groupSides(
  source: Iterable<SideBatch>,
  sides: number,
  task: TaskRuntime,
  spilled?: HashSpill,
): IterableIterator<GroupTable> {
  let table = new GroupTable(sides);
  let spill = spilled;
  for (const batch of source) {
    table.add(batch);
    task.checkpoint();
    if (!task.executor.heap.isFullWith(table.size)) continue;
    spill ??= new HashSpill(task, 0);
    table.spillTo(spill);
    table = new GroupTable(sides);
  }
  if (spill === undefined) {
    yield table;
    return;
  }
  table.spillTo(spill);
  for (let part = 0; part < HashSpill.parts; part++) {
    const merged = new GroupTable(sides);
    for (const batch of spill.read(part)) {
      merged.addSpilled(batch);
      task.checkpoint();
    }
    yield merged;
  }
}
