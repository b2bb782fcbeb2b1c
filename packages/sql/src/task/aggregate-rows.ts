import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { batchesOf, combineBatches, type TaskRuntime } from "@vonk/core/internal";
import type { AggregateCall, Expression } from "@vonk/dataframe/internal";
import { compileExpression, keyText, type AggregateState, type SessionValues } from "@vonk/expression/internal";
import { argumentsOf, compileCall, type CompiledCall } from "./compiled-call.ts";
import type { KeyedRow } from "./partition-function.ts";

/** GROUP BY as tasks see it. Its output is the values of the groupings, then of the calls. */
export interface AggregatePlan {
  readonly groupings: readonly Expression[];
  readonly calls: readonly AggregateCall[];
  readonly session: SessionValues;
}

/** The values of a group's key, and a state for each call. */
interface Group {
  readonly values: SQLRow;
  readonly states: AggregateState[];
}

/** The text of a group's key. */
export function groupText(values: SQLRow): string {
  return values.length === 1 ? keyText(values[0] ?? null) : values.map(keyText).join("|");
}

/** Groups that a task holds at once before it passes them on as they are: equal ones come together again behind the exchange. */
const groupsMax = 100_000;

/** Groups and their states while rows go by. Without groupings there is one group, even of no rows. */
class GroupTable {
  readonly #calls: readonly CompiledCall[];
  readonly #hasOneGroup: boolean;
  #groups = new Map<string, Group>();

  constructor(calls: readonly CompiledCall[], hasOneGroup: boolean) {
    this.#calls = calls;
    this.#hasOneGroup = hasOneGroup;
    if (hasOneGroup) this.group([]);
  }

  get size(): number {
    return this.#groups.size;
  }

  /** The group of a key. */
  group(values: SQLRow): Group {
    const text = groupText(values);
    let group = this.#groups.get(text);
    if (group === undefined) this.#groups.set(text, (group = { values, states: this.#calls.map((call) => call.instance.create()) }));
    return group;
  }

  /** Each group's key as text, its key's values and its states; then the table is empty. */
  *drain(): Generator<KeyedRow> {
    const groups = this.#groups;
    this.#groups = new Map();
    if (this.#hasOneGroup) this.group([]);
    for (const [text, { values, states }] of groups) yield [text, [...values, ...states]];
  }
}

/** The groups of a partition's rows with their states; a group may come in several parts. */
export function* groupRows(plan: AggregatePlan, rows: Iterable<SQLRow>, task: TaskRuntime): Generator<KeyedRow> {
  const keys = plan.groupings.map((grouping) => compileExpression(grouping, plan.session));
  const calls = plan.calls.map((call) => compileCall(call, plan.session));
  const table = new GroupTable(calls, keys.length === 0);
  const { batchRecords } = task.executor.settings;
  let sinceLook = 0;
  for (const row of rows) {
    const { states } = table.group(keys.map((key) => key(row)));
    for (const [index, call] of calls.entries()) update(call, states[index], argumentsOf(call, row));
    if (++sinceLook < batchRecords && table.size < groupsMax) continue;
    sinceLook = 0;
    task.checkpoint();
    if (table.size >= groupsMax || task.executor.heap.isFullWith(table.size)) yield* table.drain();
  }
  yield* table.drain();
}

function update(call: CompiledCall, state: AggregateState | undefined, args: readonly SQLValue[] | undefined): void {
  if (state !== undefined && args !== undefined) call.instance.update(state, args);
}

function mergeStates(calls: readonly CompiledCall[], into: SQLRow, more: SQLRow, from: number): void {
  for (const [index, call] of calls.entries()) {
    const state = into[from + index];
    const other = more[from + index];
    assert(Array.isArray(state) && Array.isArray(other), "states travel as lists");
    call.instance.merge(state as AggregateState, other as AggregateState);
  }
}

/** Groups put together from their parts, and their results. They spill when the heap is short. */
export function* mergeGroups(plan: AggregatePlan, parts: Iterable<KeyedRow>, task: TaskRuntime): Generator<SQLRow> {
  const calls = plan.calls.map((call) => compileCall(call, plan.session));
  const width = plan.groupings.length;
  const merge = (into: unknown, more: unknown): unknown => {
    mergeStates(calls, into as SQLRow, more as SQLRow, width);
    return into;
  };
  for (const batch of combineBatches(
    batchesOf(parts, task.executor.settings.batchRecords),
    { create: same, merge, mergeCombiners: merge },
    task,
  )) {
    for (const record of batch) {
      const [, part] = record as KeyedRow;
      yield [...part.slice(0, width), ...calls.map((call, index) => call.instance.finish(part[width + index] as AggregateState))];
    }
  }
}

function same(value: unknown): unknown {
  return value;
}

/*
 * DISTINCT: a group may have more different arguments than fit, so they go through an exchange of their own before they are counted.
 * An entry is [call, key's values, arguments], once for each different list of arguments; call -1 has the states of the other calls.
 */

/** The entries of a partition's rows. */
export function* distinctEntries(plan: AggregatePlan, rows: Iterable<SQLRow>, task: TaskRuntime): Generator<KeyedRow> {
  const keys = plan.groupings.map((grouping) => compileExpression(grouping, plan.session));
  const calls = plan.calls.map((call) => compileCall(call, plan.session));
  const plain = calls.filter((call) => !call.distinct);
  const table = new GroupTable(plain, keys.length === 0);
  let entries = new Map<string, SQLRow>();
  const { batchRecords } = task.executor.settings;
  let sinceLook = 0;
  for (const row of rows) {
    const values = keys.map((key) => key(row));
    const { states } = table.group(values);
    for (const [index, call] of plain.entries()) update(call, states[index], argumentsOf(call, row));
    addDistinct(entries, calls, values, row);
    const held = table.size + entries.size;
    if (++sinceLook < batchRecords && held < groupsMax) continue;
    sinceLook = 0;
    task.checkpoint();
    if (held < groupsMax && !task.executor.heap.isFullWith(held)) continue;
    yield* plainEntries(table, values.length);
    yield* entries;
    entries = new Map();
  }
  yield* plainEntries(table, keys.length);
  yield* entries;
}

function addDistinct(entries: Map<string, SQLRow>, calls: readonly CompiledCall[], values: SQLRow, row: SQLRow): void {
  for (const [index, call] of calls.entries()) {
    if (!call.distinct) continue;
    const args = argumentsOf(call, row);
    if (args !== undefined) entries.set(`${index}|${groupText(values)}|${args.map(keyText).join("|")}`, [index, values, args]);
  }
}

function* plainEntries(table: GroupTable, width: number): Generator<KeyedRow> {
  for (const [text, part] of table.drain()) yield [`s|${text}`, [-1, part.slice(0, width), part.slice(width)]];
}

/** Groups with the states of all calls, made of entries of which equal ones are together; a group comes in several parts. */
export function* groupsOfDistinct(plan: AggregatePlan, entries: Iterable<KeyedRow>, task: TaskRuntime): Generator<KeyedRow> {
  const calls = plan.calls.map((call) => compileCall(call, plan.session));
  const plain = calls.filter((call) => !call.distinct);
  const places = calls.flatMap((call, index) => (call.distinct ? [] : [index]));
  const merge = (into: unknown, more: unknown): unknown => {
    const [call, , states] = into as SQLRow;
    if (call === -1) mergeStates(plain, states as SQLRow, (more as SQLRow)[2] as SQLRow, 0);
    return into;
  };
  const table = new GroupTable(calls, plan.groupings.length === 0);
  for (const batch of combineBatches(
    batchesOf(entries, task.executor.settings.batchRecords),
    { create: same, merge, mergeCombiners: merge },
    task,
  )) {
    for (const record of batch) {
      const [call, values, args] = (record as KeyedRow)[1] as readonly [number, SQLRow, SQLValue[]];
      const { states } = table.group(values);
      if (call === -1) for (const [at, place] of places.entries()) mergePlain(plain[at], states[place], args[at]);
      else calls[call]?.instance.update(states[call] ?? [], args);
    }
    if (table.size >= groupsMax || task.executor.heap.isFullWith(table.size)) yield* table.drain();
  }
  yield* table.drain();
}

function mergePlain(call: CompiledCall | undefined, state: AggregateState | undefined, other: SQLValue | undefined): void {
  if (call !== undefined && state !== undefined) call.instance.merge(state, other as AggregateState);
}
