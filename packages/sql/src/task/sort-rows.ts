import type { SQLRow } from "@vonk/columnar/internal";
import { batchesOf, sortBatches, type TaskRuntime } from "@vonk/core/internal";
import { typeOf, type SortOrder } from "@vonk/dataframe/internal";
import { comparison, compileExpression, type SessionValues } from "@vonk/expression/internal";

/** How two rows stand in an order; sorting by it keeps equal rows as they came. */
export function rowComparison(order: readonly SortOrder[], session: SessionValues): (a: SQLRow, b: SQLRow) => number {
  const keys = order.map(({ child, ascending, nullsFirst }) => ({
    value: compileExpression(child, session),
    compare: comparison(typeOf(child)),
    sign: ascending ? 1 : -1,
    nulls: nullsFirst ? -1 : 1,
  }));
  return (a, b) => {
    for (const { value, compare, sign, nulls } of keys) {
      const left = value(a);
      const right = value(b);
      if (left === null || right === null) {
        if (left !== right) return left === null ? nulls : -nulls;
        continue;
      }
      const result = compare(left, right);
      if (result !== 0) return result * sign;
    }
    return 0;
  };
}

/** All rows in an order; equal ones as they came. They spill when the heap is short. */
export function* sortedRows(rows: Iterable<SQLRow>, compare: (a: SQLRow, b: SQLRow) => number, task: TaskRuntime): Generator<SQLRow> {
  const sorted = sortBatches(batchesOf(rows, task.executor.settings.batchRecords), (a, b) => compare(a as SQLRow, b as SQLRow), task);
  for (const batch of sorted) for (const row of batch) yield row as SQLRow;
}

/** Rows up to which the first ones are kept apart and the others are not sorted. */
const firstRowsMax = 50_000;

/** The first rows in an order. */
export function* firstRows(
  rows: Iterable<SQLRow>,
  count: number,
  compare: (a: SQLRow, b: SQLRow) => number,
  task: TaskRuntime,
): Generator<SQLRow> {
  if (count > firstRowsMax) {
    let at = 0;
    for (const row of sortedRows(rows, compare, task)) {
      if (at++ >= count) return;
      yield row;
    }
    return;
  }
  let kept: SQLRow[] = [];
  for (const row of rows) {
    kept.push(row);
    if (kept.length >= 2 * count + task.executor.settings.batchRecords) kept = kept.sort(compare).slice(0, count);
  }
  yield* kept.sort(compare).slice(0, count);
}
