import type { SQLRow } from "@vonk/columnar/internal";
import type { Expression, SortOrder } from "@vonk/dataframe/internal";
import { compileExpression, keyText, type RowFunction, type SessionValues } from "@vonk/expression/internal";
import { argumentRows, resultsOfCalls, type AsyncPlan } from "./async-calls.ts";
import { groupRows, mergeGroups, type AggregatePlan } from "./aggregate-rows.ts";
import { rowsWithGenerated, type GeneratePlan } from "./generate-rows.ts";
import { joinRows, type JoinPlan } from "./join-rows.ts";
import type { PartitionFunction } from "./partition-function.ts";
import { rowComparison } from "./sort-rows.ts";
import { rowsWithWindows, type WindowPlan } from "./window-rows.ts";

/*
 * The interpreter's operators, as tasks run them: each export takes plain data and gives the function of a partition. They are the meaning of
 * the physical operators; compiled pipelines are tested equal to them.
 */

/** The rows for which the condition is true, as the projections see them. */
export interface ProjectPlan {
  readonly condition?: Expression;
  /** Undefined passes rows as they are. */
  readonly projections?: readonly Expression[];
  readonly session: SessionValues;
}

/** Filter and projection. */
export function projectRows(plan: ProjectPlan): PartitionFunction<SQLRow, SQLRow> {
  const condition = plan.condition === undefined ? undefined : compileExpression(plan.condition, plan.session);
  const projections = plan.projections?.map((projection) => compileExpression(projection, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) {
      if (condition !== undefined && condition(row) !== true) continue;
      yield projections === undefined ? row : projections.map((projection) => projection(row));
    }
  };
}

/** Groups of a partition: a key's text, its values and the states of the aggregates. */
export function partialAggregate(plan: AggregatePlan): PartitionFunction<SQLRow, readonly [string, SQLRow]> {
  return (_partition, rows) => groupRows(plan, rows);
}

/** Results of groups whose parts have been brought together. */
export function finalAggregate(plan: AggregatePlan): PartitionFunction<readonly [string, SQLRow], SQLRow> {
  return (_partition, parts) => mergeGroups(plan, parts);
}

/** A join with rows that all tasks have. */
export function broadcastJoin(plan: JoinPlan): PartitionFunction<SQLRow, SQLRow> {
  return joinRows(plan);
}

/** An order, and how many of its first rows are wanted. */
export interface SortPlan {
  readonly order: readonly SortOrder[];
  readonly limit?: number;
  readonly session: SessionValues;
}

/** The rows in order. */
export function sortPartition(plan: SortPlan): PartitionFunction<SQLRow, SQLRow> {
  const compare = rowComparison(plan.order, plan.session);
  return (_partition, rows) => {
    const sorted = [...rows].sort(compare);
    return plan.limit === undefined ? sorted : sorted.slice(0, plan.limit);
  };
}

/** Rows from one position to another. */
export function sliceRows(plan: { readonly offset: number; readonly limit?: number }): PartitionFunction<SQLRow, SQLRow> {
  return function* (_partition, rows) {
    const { offset, limit = Infinity } = plan;
    if (limit === 0) return;
    let at = 0;
    for (const row of rows) {
      at++;
      if (at <= offset) continue;
      yield row;
      if (at >= offset + limit) return;
    }
  };
}

/** Each input row once per list of projections. */
export function expandRows(plan: {
  readonly projections: readonly (readonly Expression[])[];
  readonly session: SessionValues;
}): PartitionFunction<SQLRow, SQLRow> {
  const lists: readonly (readonly RowFunction[])[] = plan.projections.map((list) =>
    list.map((item) => compileExpression(item, plan.session)),
  );
  return function* (_partition, rows) {
    for (const row of rows) for (const list of lists) yield list.map((item) => item(row));
  };
}

/** Rows with the text of their keys and the number of their side, for set operations. */
export function taggedRows(plan: {
  readonly keys: readonly Expression[];
  readonly tag: number;
  readonly session: SessionValues;
}): PartitionFunction<SQLRow, readonly [string, SQLRow]> {
  const keys = plan.keys.map((key) => compileExpression(key, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) yield [keys.map((key) => keyText(key(row))).join("|"), [plan.tag, ...row]];
  };
}

/** Rows with the text of their keys, for a shuffle. */
export function keyedRows(plan: {
  readonly keys: readonly Expression[];
  readonly session: SessionValues;
}): PartitionFunction<SQLRow, readonly [string, SQLRow]> {
  const keys = plan.keys.map((key) => compileExpression(key, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) yield [keys.map((key) => keyText(key(row))).join("|"), row];
  };
}

/** The rows of pairs that came through a shuffle. */
export function rowsWithoutKeys(): PartitionFunction<readonly [string, SQLRow], SQLRow> {
  return function* (_partition, pairs) {
    for (const [, row] of pairs) yield row;
  };
}

/** Columns of rows, then the arguments of each call of an async function as a list. */
export function asyncArguments(plan: AsyncPlan): PartitionFunction<SQLRow, SQLRow> {
  return argumentRows(plan);
}

/** Those rows with what the functions gave in the place of their arguments. */
export function asyncResults(plan: AsyncPlan): (row: SQLRow) => Promise<SQLRow> {
  return resultsOfCalls(plan);
}

/** The first row of each key; rows come with their key and a number. */
export function firstOfKeys(): PartitionFunction<readonly [string, SQLRow], SQLRow> {
  return function* (_partition, entries) {
    const seen = new Set<string>();
    for (const [key, tagged] of entries) {
      if (seen.has(key)) continue;
      seen.add(key);
      yield tagged.slice(1);
    }
  };
}

/** The last rows of a partition. */
export function lastRows(plan: { readonly count: number }): PartitionFunction<SQLRow, SQLRow> {
  return (_partition, rows) => {
    const kept: SQLRow[] = [];
    for (const row of rows) {
      kept.push(row);
      if (kept.length >= 2 * plan.count + 1024) kept.splice(0, kept.length - plan.count);
    }
    return plan.count === 0 ? [] : kept.slice(-plan.count);
  };
}

/** Numbers of a range, as rows of one BIGINT. */
export function rangeRows(plan: { readonly step: bigint }): PartitionFunction<{ readonly from: bigint; readonly count: number }, SQLRow> {
  return function* (_partition, parts) {
    for (const { from, count } of parts) for (let index = 0; index < count; index++) yield [from + plan.step * BigInt(index)];
  };
}

/** Values of a row counted: INTERSECT and EXCEPT, whose inputs come with the number of their side. */
export function setOperationRows(plan: {
  readonly operation: "intersect" | "except";
  readonly all: boolean;
}): PartitionFunction<readonly [string, SQLRow], SQLRow> {
  return function* (_partition, entries) {
    const counts = new Map<string, { left: SQLRow[]; right: number }>();
    for (const [key, tagged] of entries) {
      const side = tagged[0];
      let entry = counts.get(key);
      if (entry === undefined) counts.set(key, (entry = { left: [], right: 0 }));
      if (side === 0) entry.left.push(tagged.slice(1));
      else entry.right++;
    }
    for (const { left, right } of counts.values()) {
      const times =
        plan.operation === "intersect" ? Math.min(left.length, right) : right === 0 ? left.length : plan.all ? left.length - right : 0;
      const wanted = plan.all ? times : Math.min(times, 1);
      yield* left.slice(0, Math.max(wanted, 0));
    }
  };
}

/** The rows of a generator beside each row. */
export function generateRows(plan: GeneratePlan): PartitionFunction<SQLRow, SQLRow> {
  return (_partition, rows) => rowsWithGenerated(plan, rows);
}

/** Window functions behind the columns of each row; rows come with their key, which is complete in its partition. */
export function windowRows(plan: WindowPlan): PartitionFunction<readonly [string, SQLRow], SQLRow> {
  return (_partition, rows) => rowsWithWindows(plan, rows);
}
