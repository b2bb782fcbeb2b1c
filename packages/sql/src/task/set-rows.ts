import type { SQLRow } from "@vonk/columnar/internal";
import { batchesOf, combineBatches, type TaskRuntime } from "@vonk/core/internal";
import type { KeyedRow } from "./partition-function.ts";

/** INTERSECT and EXCEPT as tasks see them. */
export interface SetOperationPlan {
  readonly operation: "intersect" | "except";
  readonly all: boolean;
}

/** How often equal rows come on either side, and one of them. */
type Counted = readonly [left: number, right: number, row: SQLRow];

/** The rows of a set operation; entries are the number of the side, 0 or 1, before the row's columns. They spill when the heap is short. */
export function* setOperationOf({ operation, all }: SetOperationPlan, entries: Iterable<KeyedRow>, task: TaskRuntime): Generator<SQLRow> {
  for (const [left, right, row] of countedRows(entries, task)) {
    const times = operation === "intersect" ? Math.min(left, right) : right === 0 ? left : all ? left - right : 0;
    for (let time = 0; time < (all ? times : Math.min(times, 1)); time++) yield row;
  }
}

function* countedRows(entries: Iterable<KeyedRow>, task: TaskRuntime): Generator<Counted> {
  const create = (entry: unknown): Counted => {
    const [side, ...row] = entry as SQLRow;
    return side === 0 ? [1, 0, row] : [0, 1, row];
  };
  const mergeCombiners = (into: unknown, more: unknown): Counted => {
    const [left, right, row] = into as Counted;
    const [otherLeft, otherRight, otherRow] = more as Counted;
    // Values that are equal need not look the same: those of the left side count.
    return [left + otherLeft, right + otherRight, left > 0 ? row : otherRow];
  };
  const merge = (into: unknown, entry: unknown): Counted => mergeCombiners(into, create(entry));
  for (const batch of combineBatches(batchesOf(entries, task.executor.settings.batchRecords), { create, merge, mergeCombiners }, task))
    for (const record of batch) yield (record as readonly [string, Counted])[1];
}

/** One row of each key, the one that came first. */
export function* firstRowsOfKeys(entries: Iterable<KeyedRow>, task: TaskRuntime): Generator<SQLRow> {
  const first = (row: unknown): unknown => row;
  for (const batch of combineBatches(
    batchesOf(entries, task.executor.settings.batchRecords),
    { create: first, merge: first, mergeCombiners: first },
    task,
  ))
    for (const record of batch) yield (record as KeyedRow)[1];
}
