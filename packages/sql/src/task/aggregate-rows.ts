import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import { type AggregateCall, type Expression } from "@vonk/dataframe/internal";
import { assert } from "@vonk/common/internal";
import {
  callSite,
  compileExpression,
  findFunction,
  keyText,
  type AggregateInstance,
  type AggregateState,
  type RowFunction,
  type SessionValues,
} from "@vonk/expression/internal";

/** GROUP BY as tasks see it. Its output is the values of the groupings, then of the calls. */
export interface AggregatePlan {
  readonly groupings: readonly Expression[];
  readonly calls: readonly AggregateCall[];
  readonly session: SessionValues;
}

/** An aggregate call over rows. */
export interface CompiledCall {
  readonly instance: AggregateInstance;
  readonly args: readonly RowFunction[];
  readonly filter: RowFunction | undefined;
  readonly skipsNulls: boolean;
  readonly distinct: boolean;
  /** How many values its state has. */
  readonly width: number;
}

interface Group {
  readonly values: SQLRow;
  readonly states: AggregateState[];
  /** Of DISTINCT calls: the arguments seen, by their text. */
  readonly seen: (Map<string, SQLRow> | undefined)[];
}

/** A call's function for its types, and its arguments over rows. */
export function compileCall(call: AggregateCall, session: SessionValues): CompiledCall {
  const definition = findFunction(call.name);
  assert(definition?.kind === "aggregate", `${call.name} is an aggregate function`);
  const instance = definition.instance(callSite(call, session));
  return {
    instance,
    // The keys of WITHIN GROUP stand behind the arguments.
    args: [...call.args, ...call.orderBy].map((argument) => compileExpression(argument, session)),
    filter: call.filter === undefined ? undefined : compileExpression(call.filter, session),
    skipsNulls: definition.skipsNulls || call.ignoreNulls,
    distinct: call.distinct,
    width: instance.stateTypes.length,
  };
}

function newGroup(values: SQLRow, calls: readonly CompiledCall[]): Group {
  return {
    values,
    states: calls.map((call) => call.instance.create()),
    seen: calls.map((call) => (call.distinct ? new Map<string, SQLRow>() : undefined)),
  };
}

/** The text of a group's key. */
export function groupText(values: SQLRow): string {
  return values.length === 1 ? keyText(values[0] ?? null) : values.map(keyText).join("|");
}

/** Groups and their states while a partition goes by. Without groupings there is one group, even of no rows. */
export class GroupTable {
  readonly #keys: readonly RowFunction[];
  readonly #calls: readonly CompiledCall[];
  readonly #groups = new Map<string, Group>();

  constructor(plan: AggregatePlan) {
    this.#keys = plan.groupings.map((grouping) => compileExpression(grouping, plan.session));
    this.#calls = plan.calls.map((call) => compileCall(call, plan.session));
    if (this.#keys.length === 0) this.#group("", []);
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Adds a row to its group. */
  addRow(row: SQLRow): void {
    const values = this.#keys.map((key) => key(row));
    const group = this.#group(groupText(values), values);
    for (const [index, call] of this.#calls.entries()) addRow(call, group, index, row);
  }

  /** Adds what was computed of many rows of a group: a state a call. */
  addStates(values: SQLRow, states: readonly AggregateState[]): void {
    const group = this.#group(groupText(values), values);
    for (const [index, call] of this.#calls.entries()) {
      const state = group.states[index];
      const more = states[index];
      if (state !== undefined && more !== undefined) call.instance.merge(state, more);
    }
  }

  /** Each group's key as text, its key's values and its states. */
  *entries(): Generator<readonly [string, SQLRow]> {
    for (const [text, group] of this.#groups) yield [text, [...group.values, ...encodeStates(group)]];
  }

  #group(text: string, values: SQLRow): Group {
    let group = this.#groups.get(text);
    if (group === undefined) this.#groups.set(text, (group = newGroup(values, this.#calls)));
    return group;
  }
}

/** Groups that a task holds at once before it passes them on as they are: equal ones come together again behind the exchange. */
const groupsMax = 100_000;

/** The groups of a partition's rows with their states; a group may come in several parts. */
export function* groupRows(plan: AggregatePlan, rows: Iterable<SQLRow>): Generator<readonly [string, SQLRow]> {
  let table = new GroupTable(plan);
  for (const row of rows) {
    table.addRow(row);
    if (table.size < groupsMax) continue;
    yield* table.entries();
    table = new GroupTable(plan);
  }
  yield* table.entries();
}

function addRow(call: CompiledCall, group: Group, index: number, row: SQLRow): void {
  if (call.filter !== undefined && call.filter(row) !== true) return;
  const args = call.args.map((argument) => argument(row));
  if (call.skipsNulls && args.includes(null)) return;
  const seen = group.seen[index];
  if (seen !== undefined) {
    seen.set(args.map(keyText).join("|"), args);
    return;
  }
  const state = group.states[index];
  if (state !== undefined) call.instance.update(state, args);
}

/** States side by side; of a DISTINCT call its arguments travel, since other partitions may have the same. */
function encodeStates(group: Group): SQLValue[] {
  return group.states.map((state, index) => {
    const seen = group.seen[index];
    return seen === undefined ? state : [...seen.values()];
  });
}

/** Groups put together from their parts, and their results. */
export function* mergeGroups(plan: AggregatePlan, parts: Iterable<readonly [string, SQLRow]>): Generator<SQLRow> {
  const calls = plan.calls.map((call) => compileCall(call, plan.session));
  const width = plan.groupings.length;
  const groups = new Map<string, Group>();
  for (const [text, part] of parts) {
    let group = groups.get(text);
    if (group === undefined) groups.set(text, (group = newGroup(part.slice(0, width), calls)));
    for (const [index, call] of calls.entries()) mergePart(call, group, index, part[width + index] ?? null);
  }
  for (const group of groups.values()) {
    const results = calls.map((call, index) => {
      const state = group.states[index] ?? call.instance.create();
      for (const args of group.seen[index]?.values() ?? []) call.instance.update(state, args);
      return call.instance.finish(state);
    });
    yield [...group.values, ...results];
  }
}

function mergePart(call: CompiledCall, group: Group, index: number, part: SQLValue): void {
  assert(Array.isArray(part), "states travel as lists");
  const seen = group.seen[index];
  const state = group.states[index];
  if (seen === undefined) {
    if (state !== undefined) call.instance.merge(state, part);
    return;
  }
  for (const args of part) {
    assert(Array.isArray(args), "the arguments of a DISTINCT call travel as a list");
    seen.set(args.map(keyText).join("|"), args);
  }
}
