import { asList, asText, type SQLRow, type SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import {
  typeOf,
  type AggregateCall,
  type FrameBoundary,
  type SortOrder,
  type WindowExpression,
  type WindowFrame,
} from "@vonk/dataframe/internal";
import { compileExpression, findFunction, keyText, type SessionValues } from "@vonk/expression/internal";
import type { TaskRuntime } from "@vonk/core/internal";
import { argumentsOf, compileCall } from "./compiled-call.ts";
import type { KeyedRow } from "./partition-function.ts";
import { RowBuffer } from "./row-buffer.ts";
import { rowComparison, sortedRows } from "./sort-rows.ts";

/** Window functions of one partitioning and order, as tasks see them. */
export interface WindowPlan {
  readonly order: readonly SortOrder[];
  readonly windows: readonly WindowExpression[];
  readonly session: SessionValues;
}

/** The sorted rows of one window partition; `peers[i]` is the first row equal to row i by the order. */
interface Sorted {
  readonly rows: RowBuffer;
  readonly peers: Int32Array;
}

/** The values of a window function for the rows of a partition; asked for in their order. */
type WindowValues = (sorted: Sorted) => (row: number) => SQLValue;

/**
 * The rows of each key in order, with the values of the window functions behind their columns.
 * Rows are sorted by key and order, and the rows of one key at a time are held; both spill when the heap is short. What stays in memory are four bytes
 * a row of the key, and the values of functions that only windows have.
 */
export function* rowsWithWindows(plan: WindowPlan, keyed: Iterable<KeyedRow>, task: TaskRuntime): Generator<SQLRow> {
  const compare = rowComparison(plan.order, plan.session);
  const functions = plan.windows.map((window) => windowValues(window, plan));
  const compareKeyed = (a: SQLRow, b: SQLRow): number => {
    const [left, right] = [asText(a[0]), asText(b[0])];
    return left < right ? -1 : left > right ? 1 : compare(asList(a[1]), asList(b[1]));
  };
  let key: string | undefined;
  let rows = new RowBuffer(task);
  for (const record of sortedRows(keyed, compareKeyed, task)) {
    const own = asText(record[0]);
    if (own !== key && rows.length > 0) {
      yield* withValues(rows, compare, functions);
      rows = new RowBuffer(task);
    }
    key = own;
    rows.push(asList(record[1]));
  }
  yield* withValues(rows, compare, functions);
}

function* withValues(rows: RowBuffer, compare: (a: SQLRow, b: SQLRow) => number, functions: readonly WindowValues[]): Generator<SQLRow> {
  const peers = new Int32Array(rows.length);
  for (let index = 1; index < rows.length; index++)
    peers[index] = compare(rows.at(index - 1), rows.at(index)) === 0 ? (peers[index - 1] ?? 0) : index;
  const columns = functions.map((values) => values({ rows, peers }));
  for (let index = 0; index < rows.length; index++) yield [...rows.at(index), ...columns.map((value) => value(index))];
}

function windowValues(window: WindowExpression, plan: WindowPlan): WindowValues {
  const call = window.function;
  assert(call.kind === "aggregate", "a window's function is an aggregate or one that only windows have");
  return findFunction(call.name)?.kind === "window" ? placeValues(call, plan) : frameValues(call, window, plan);
}

function placeValues(call: AggregateCall, { session }: WindowPlan): WindowValues {
  const definition = findFunction(call.name);
  assert(definition?.kind === "window", `${call.name} is a window function`);
  const args = call.args.map((argument) => compileExpression(argument, session));
  const site = {
    name: call.name,
    args: call.args.map((argument) => ({ dataType: typeOf(argument) })),
    dataType: call.dataType,
    mode: call.mode,
    session,
  };
  return ({ rows, peers }) => {
    const argument = (index: number, row: number): SQLValue =>
      (row >= 0 && row < rows.length ? args[index]?.(rows.at(row)) : args[index]?.([])) ?? null;
    const values = definition.evaluate({ size: rows.length, peers, ignoreNulls: call.ignoreNulls, argument }, site);
    return (row) => values[row] ?? null;
  };
}

/** Without a frame: the whole partition, or with an order everything up to the last equal row. */
function frameOf(window: WindowExpression): WindowFrame {
  if (window.frame !== undefined) return window.frame;
  return { unit: "range", lower: { kind: "unbounded" }, upper: window.orderBy.length === 0 ? { kind: "unbounded" } : { kind: "current" } };
}

/** An aggregate over each row's frame. While the frame only grows at its end, one state goes along. */
function frameValues(call: AggregateCall, window: WindowExpression, plan: WindowPlan): WindowValues {
  const compiled = compileCall(call, plan.session);
  const bounds = frameBounds(frameOf(window), plan);
  return (sorted) => {
    const { lower, upper } = bounds(sorted);
    let state = compiled.instance.create();
    let seen = new Set<string>();
    let from = 0;
    let to = 0;
    return (row) => {
      const first = Math.max(0, lower(row));
      const end = Math.max(first, Math.min(sorted.rows.length, upper(row)));
      if (first !== from || end < to) {
        state = compiled.instance.create();
        seen = new Set();
        from = first;
        to = first;
      }
      for (; to < end; to++) {
        const args = argumentsOf(compiled, sorted.rows.at(to));
        if (args === undefined || (compiled.distinct && isRepeat(seen, args))) continue;
        compiled.instance.update(state, args);
      }
      return compiled.instance.finish([...state]);
    };
  };
}

function isRepeat(seen: Set<string>, args: readonly SQLValue[]): boolean {
  const key = args.map(keyText).join("|");
  const isKnown = seen.has(key);
  seen.add(key);
  return isKnown;
}

/** Where the frame of a row begins, and the row behind its end. */
interface Bounds {
  readonly lower: (row: number) => number;
  readonly upper: (row: number) => number;
}

function frameBounds(frame: WindowFrame, plan: WindowPlan): (sorted: Sorted) => Bounds {
  const { unit, lower, upper } = frame;
  return (sorted) => {
    const size = sorted.rows.length;
    const ends = peerEnds(sorted);
    const bound = (boundary: FrameBoundary, isLower: boolean): ((row: number) => number) => {
      if (boundary.kind === "unbounded") return () => (isLower ? 0 : size);
      if (boundary.kind === "offset") {
        const distance = compileExpression(boundary.value, plan.session)([]);
        if (unit === "range") return rangeBound(sorted, plan, distance, boundary.preceding, isLower);
        const offset = Number(distance ?? 0) * (boundary.preceding ? -1 : 1);
        return (row) => row + offset + (isLower ? 0 : 1);
      }
      if (unit === "rows") return (row) => row + (isLower ? 0 : 1);
      return isLower ? (row) => sorted.peers[row] ?? 0 : (row) => ends[row] ?? size;
    };
    return { lower: bound(lower, true), upper: bound(upper, false) };
  };
}

/** For each row the one behind the last row equal to it. */
function peerEnds({ rows, peers }: Sorted): Int32Array {
  const ends = new Int32Array(rows.length).fill(rows.length);
  for (let row = rows.length - 2; row >= 0; row--) ends[row] = peers[row + 1] === row + 1 ? row + 1 : (ends[row + 1] ?? 0);
  return ends;
}

/** The first row whose key lies within a distance of a row's key, or the row behind the last one. Null keys are equal to one another alone. */
function rangeBound(sorted: Sorted, plan: WindowPlan, distance: SQLValue, preceding: boolean, isLower: boolean): (row: number) => number {
  const [order] = plan.order;
  assert(order !== undefined, "a frame of values has an order");
  const key = compileExpression(order.child, plan.session);
  const keys = Array.from({ length: sorted.rows.length }, (_, row) => magnitude(key(sorted.rows.at(row))));
  const ends = peerEnds(sorted);
  const sign = order.ascending ? 1 : -1;
  const offset = (magnitude(distance) ?? 0) * (preceding ? -1 : 1);
  return (row) => {
    const own = keys[row];
    if (own === undefined) return isLower ? (sorted.peers[row] ?? 0) : (ends[row] ?? sorted.rows.length);
    const limit = own * sign + offset;
    const within = (value: number | undefined): boolean => value !== undefined && (isLower ? value * sign >= limit : value * sign <= limit);
    const found = isLower ? keys.findIndex(within) : keys.findLastIndex(within) + 1;
    return isLower && found < 0 ? sorted.rows.length : found;
  };
}

function magnitude(value: SQLValue): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}
