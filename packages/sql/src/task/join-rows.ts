import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import type { Broadcast } from "@vonk/core";
import type { Expression, JoinType } from "@vonk/dataframe/internal";
import { compileExpression, keyText, type RowFunction, type SessionValues } from "@vonk/expression/internal";
import type { PartitionFunction } from "./partition-function.ts";

/** A hash join as tasks see it: the right side is built, the left side's rows come by. Rows of the result are left columns, then right. */
export interface JoinPlan {
  readonly build: Broadcast<readonly SQLRow[]>;
  readonly joinType: Exclude<JoinType, "right" | "cross">;
  /** Equal keys of both sides; without any, all rows of the right side are candidates. */
  readonly leftKeys: readonly Expression[];
  readonly rightKeys: readonly Expression[];
  /** Over left and right columns. */
  readonly condition?: Expression;
  readonly leftWidth: number;
  readonly rightWidth: number;
  /** NOT IN: a null on either side makes the comparison unknown. */
  readonly nullAware: boolean;
  readonly session: SessionValues;
}

interface BuildTable {
  readonly byKey: ReadonlyMap<string, readonly SQLRow[]>;
  readonly rows: readonly SQLRow[];
  readonly hasNullKey: boolean;
}

/** The rows of a join, by its type. The table is built once a stage and thread. */
export function joinRows(plan: JoinPlan): PartitionFunction<SQLRow, SQLRow> {
  const leftKeys = plan.leftKeys.map((key) => compileExpression(key, plan.session));
  const condition = plan.condition === undefined ? undefined : compileExpression(plan.condition, plan.session);
  let table: BuildTable | undefined;
  return function* (_partition, rows) {
    table ??= buildTable(plan);
    const matched = plan.joinType === "full" ? new Set<SQLRow>() : undefined;
    for (const row of rows) yield* joinRow(plan, table, row, leftKeys, condition, matched);
    // A full join runs in one partition: only then are all matches known.
    if (matched !== undefined) for (const right of table.rows) if (!matched.has(right)) yield [...nulls(plan.leftWidth), ...right];
  };
}

function buildTable(plan: JoinPlan): BuildTable {
  const keys = plan.rightKeys.map((key) => compileExpression(key, plan.session));
  const rows = plan.build.value;
  const byKey = new Map<string, SQLRow[]>();
  let hasNullKey = false;
  if (keys.length > 0) {
    for (const row of rows) {
      const text = keyOf(keys, row);
      if (text === undefined) {
        hasNullKey = true;
        continue;
      }
      const same = byKey.get(text);
      if (same === undefined) byKey.set(text, [row]);
      else same.push(row);
    }
  }
  return { byKey, rows, hasNullKey };
}

/** The text of a row's key; undefined when a part is null, which equals nothing. */
function keyOf(keys: readonly RowFunction[], row: SQLRow): string | undefined {
  let text = "";
  for (const key of keys) {
    const value = key(row);
    if (value === null) return undefined;
    text += `${keyText(value)}|`;
  }
  return text;
}

const noRows: readonly SQLRow[] = [];

function candidates(plan: JoinPlan, table: BuildTable, row: SQLRow, leftKeys: readonly RowFunction[]): readonly SQLRow[] {
  if (leftKeys.length === 0) return table.rows;
  const key = keyOf(leftKeys, row);
  return key === undefined ? noRows : (table.byKey.get(key) ?? noRows);
}

function* joinRow(
  plan: JoinPlan,
  table: BuildTable,
  row: SQLRow,
  leftKeys: readonly RowFunction[],
  condition: RowFunction | undefined,
  matched: Set<SQLRow> | undefined,
): Generator<SQLRow> {
  const pairs = plan.joinType === "inner" || plan.joinType === "left" || plan.joinType === "full";
  let found = false;
  for (const right of candidates(plan, table, row, leftKeys)) {
    const both = pairs || condition !== undefined ? [...row, ...right] : row;
    if (condition !== undefined && condition(both) !== true) continue;
    found = true;
    matched?.add(right);
    if (!pairs) break;
    yield both;
  }
  switch (plan.joinType) {
    case "semi":
      if (found) yield row;
      return;
    case "anti":
      if (!found && !(plan.nullAware && isUnknown(table, row, leftKeys))) yield row;
      return;
    case "existence":
      yield [...row, found ? true : plan.nullAware && isUnknown(table, row, leftKeys) ? null : false];
      return;
    case "left":
    case "full":
      if (!found) yield [...row, ...nulls(plan.rightWidth)];
      return;
    case "inner":
      return;
  }
}

/** Whether NOT IN without a match is unknown: the list has a null, or the value is one and the list is not empty. */
function isUnknown(table: BuildTable, row: SQLRow, leftKeys: readonly RowFunction[]): boolean {
  if (table.rows.length === 0) return false;
  return table.hasNullKey || keyOf(leftKeys, row) === undefined;
}

function nulls(width: number): SQLValue[] {
  return Array.from({ length: width }, () => null);
}
