import type { SQLRow } from "@vonk/columnar/internal";
import type { Expression, SortOrder } from "@vonk/dataframe/internal";
import { compileExpression, isDeterministic, keyText, type RowFunction, type SessionValues } from "@vonk/expression/internal";
import { argumentRows, resultsOfCalls, type AsyncPlan } from "./async-calls.ts";
import { distinctEntries, groupRows, groupsOfDistinct, mergeGroups, type AggregatePlan } from "./aggregate-rows.ts";
import { rowsWithGenerated, type GeneratePlan } from "./generate-rows.ts";
import { joinRows, type JoinPlan } from "./join-rows.ts";
import { keyOf, type RightFacts } from "./join-row.ts";
import { joinShuffled, rightFacts, type ShuffledJoinPlan } from "./join-shuffled.ts";
import type { KeyedRow, PartitionFunction, TwoPartitionsFunction } from "./partition-function.ts";
import { setOperationOf, firstRowsOfKeys, type SetOperationPlan } from "./set-rows.ts";
import { firstRows, rowComparison, sortedRows } from "./sort-rows.ts";
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

interface CompiledProject {
  readonly condition: RowFunction | undefined;
  readonly projections: readonly RowFunction[] | undefined;
}

/** Filter and projection. */
export function projectRows(plan: ProjectPlan): (partition: number, rows: Iterable<SQLRow>) => Iterable<SQLRow> {
  // What differs from call to call also differs from partition to partition, and begins anew in each.
  const isFixed = [plan.condition, ...(plan.projections ?? [])].every((item) => item === undefined || isDeterministic(item));
  const compile = (session: SessionValues): CompiledProject => ({
    condition: plan.condition === undefined ? undefined : compileExpression(plan.condition, session),
    projections: plan.projections?.map((projection) => compileExpression(projection, session)),
  });
  const compiled = isFixed ? compile(plan.session) : undefined;
  return function* (partition, rows) {
    const { condition, projections } = compiled ?? compile({ ...plan.session, partition });
    for (const row of rows) {
      if (condition !== undefined && condition(row) !== true) continue;
      yield projections === undefined ? row : projections.map((projection) => projection(row));
    }
  };
}

/** Groups of a partition: a key's text, its values and the states of the aggregates. */
export function partialAggregate(plan: AggregatePlan): PartitionFunction<SQLRow, KeyedRow> {
  return (partition, rows, task) => groupRows({ ...plan, session: { ...plan.session, partition } }, rows, task);
}

/** Each different list of arguments of DISTINCT calls once, and the states of the other calls. */
export function partialDistinct(plan: AggregatePlan): PartitionFunction<SQLRow, KeyedRow> {
  return (partition, rows, task) => distinctEntries({ ...plan, session: { ...plan.session, partition } }, rows, task);
}

/** Groups of what {@link partialDistinct} gave, once it has been brought together. */
export function mergeDistinct(plan: AggregatePlan): PartitionFunction<KeyedRow, KeyedRow> {
  return (_partition, entries, task) => groupsOfDistinct(plan, entries, task);
}

/** Results of groups whose parts have been brought together. */
export function finalAggregate(plan: AggregatePlan): PartitionFunction<KeyedRow, SQLRow> {
  return (_partition, parts, task) => mergeGroups(plan, parts, task);
}

/** A join with rows that all tasks have. */
export function broadcastJoin(plan: JoinPlan): PartitionFunction<SQLRow, SQLRow> {
  return joinRows(plan);
}

/** A join of two sides with keys, each key complete in its partition. */
export function shuffledJoin(plan: ShuffledJoinPlan): TwoPartitionsFunction<KeyedRow, KeyedRow, SQLRow> {
  return joinShuffled(plan);
}

/** What NOT IN must know of each partition of the right side. */
export function joinFacts(): (partition: number, rows: Iterable<KeyedRow>) => Iterable<RightFacts> {
  return rightFacts();
}

/** Rows with the text of a join's keys. */
export function joinKeys(plan: {
  readonly keys: readonly Expression[];
  readonly session: SessionValues;
}): PartitionFunction<SQLRow, KeyedRow> {
  const keys = plan.keys.map((key) => compileExpression(key, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) yield [keyOf(keys, row), row];
  };
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
  return (_partition, rows, task) =>
    plan.limit === undefined ? sortedRows(rows, compare, task) : firstRows(rows, plan.limit, compare, task);
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
}): PartitionFunction<SQLRow, KeyedRow> {
  const keys = plan.keys.map((key) => compileExpression(key, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) yield [keys.map((key) => keyText(key(row))).join("|"), [plan.tag, ...row]];
  };
}

/** Rows with the text of their keys, for a shuffle. */
export function keyedRows(plan: {
  readonly keys: readonly Expression[];
  readonly session: SessionValues;
}): PartitionFunction<SQLRow, KeyedRow> {
  const keys = plan.keys.map((key) => compileExpression(key, plan.session));
  return function* (_partition, rows) {
    for (const row of rows) yield [keys.map((key) => keyText(key(row))).join("|"), row];
  };
}

/** Rows with the same key, for a shuffle to one place. */
export function withoutKey(): (partition: number, rows: Iterable<SQLRow>) => Iterable<KeyedRow> {
  return function* (_partition, rows) {
    for (const row of rows) yield ["", row];
  };
}

/** The rows of pairs that came through a shuffle. */
export function rowsWithoutKeys(): PartitionFunction<KeyedRow, SQLRow> {
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

/** The first row of each key. */
export function firstOfKeys(): PartitionFunction<KeyedRow, SQLRow> {
  return (_partition, entries, task) => firstRowsOfKeys(entries, task);
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
export function setOperationRows(plan: SetOperationPlan): PartitionFunction<KeyedRow, SQLRow> {
  return (_partition, entries, task) => setOperationOf(plan, entries, task);
}

/** The rows of a generator beside each row. */
export function generateRows(plan: GeneratePlan): PartitionFunction<SQLRow, SQLRow> {
  return (_partition, rows) => rowsWithGenerated(plan, rows);
}

/** Window functions behind the columns of each row; rows come with their key, which is complete in its partition. */
export function windowRows(plan: WindowPlan): PartitionFunction<KeyedRow, SQLRow> {
  return (_partition, rows, task) => rowsWithWindows(plan, rows, task);
}
