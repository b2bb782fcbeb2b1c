import type { SQLRow } from "@vonk/columnar/internal";
import { hashString } from "@vonk/columnar/internal";
import { batchesOf, SpilledParts, type Batch, type TaskRuntime } from "@vonk/core/internal";
import { nullKey, RowJoin, type JoinRule, type RightFacts } from "./join-row.ts";
import { JoinTable } from "./join-table.ts";
import type { KeyedRow, TwoPartitionsFunction } from "./partition-function.ts";

/** A join of sides that lie in partitions by their keys. */
export interface ShuffledJoinPlan extends JoinRule {
  readonly facts: RightFacts;
}

/** Parts that a side too large for the heap is split into. */
const spillParts = 32;
const spillDepthMax = 4;
/** Rows that are passed on together. */
const outRows = 1024;

/** A side on disk, which may be read as often as wanted. */
interface SpilledSide {
  readonly count: number;
  readonly read: () => Iterable<Batch>;
}

/**
 * The rows of a join whose sides come with their keys.
 *
 * 1. The right side becomes a table, by which the left side's rows go.
 * 2. When the heap runs short in step 1, both sides go to disk in 32 parts by hash, and each part is joined by itself, one hash level deeper.
 * 3. A part of one key, and one that was split four times, is joined piece by piece: as much of the right side as fits, then all of the left,
 *    until there is no more of the right. Which left rows have found a match is kept in a byte each.
 */
export function joinShuffled(plan: ShuffledJoinPlan): TwoPartitionsFunction<KeyedRow, KeyedRow, SQLRow> {
  const join = new RowJoin(plan, plan.facts);
  return (_partition, left, right, task) => {
    const { batchRecords } = task.executor.settings;
    return joinStreams(join, batchesOf(left, batchRecords), batchesOf(right, batchRecords), task);
  };
}

function* joinStreams(join: RowJoin, left: Iterable<Batch>, right: Iterable<Batch>, task: TaskRuntime): Generator<SQLRow> {
  const table = new JoinTable();
  let spilled: SpilledParts | undefined;
  for (const batch of right) {
    for (const record of batch) {
      const [key, row] = record as KeyedRow;
      if (key === nullKey && join.rule.joinType !== "full") continue;
      if (spilled === undefined) table.add(key, row);
      else spilled.add(partOf(key, 0), record);
    }
    task.checkpoint();
    if (spilled !== undefined || !task.executor.heap.isFullWith(table.size)) continue;
    spilled = new SpilledParts(task, spillParts, "join");
    for (const record of table.drain()) spilled.add(partOf(record[0], 0), record);
  }
  if (spilled === undefined) yield* probe(join, table, left, task);
  else yield* joinParts(join, splitOf(left, 0, task), spilled, task, 0);
}

function* joinParts(join: RowJoin, left: SpilledParts, right: SpilledParts, task: TaskRuntime, depth: number): Generator<SQLRow> {
  for (let part = 0; part < spillParts; part++) {
    const sides = [left, right].map((side): SpilledSide => ({ count: side.countOf(part), read: () => side.read(part) }));
    const [own, other] = sides;
    if (own !== undefined && other !== undefined && own.count + other.count > 0) yield* joinSpilled(join, own, other, task, depth + 1);
  }
}

function* joinSpilled(join: RowJoin, left: SpilledSide, right: SpilledSide, task: TaskRuntime, depth: number): Generator<SQLRow> {
  const table = new JoinTable();
  for (const batch of right.read()) {
    for (const record of batch) table.add((record as KeyedRow)[0], (record as KeyedRow)[1]);
    task.checkpoint();
    if (!task.executor.heap.isFullWith(table.size)) continue;
    const isOneKey = table.keys === 1;
    table.clear();
    if (isOneKey || depth >= spillDepthMax) yield* joinPieces(join, left, right, task);
    else yield* joinParts(join, splitOf(left.read(), depth, task), splitOf(right.read(), depth, task), task, depth);
    return;
  }
  yield* probe(join, table, left.read(), task);
}

/** The left side's rows past the whole right side. */
function* probe(join: RowJoin, table: JoinTable, left: Iterable<Batch>, task: TaskRuntime): Generator<SQLRow> {
  const matched = join.rule.joinType === "full" ? new Set<SQLRow>() : undefined;
  for (const batch of left) {
    let out: SQLRow[] = [];
    for (const record of batch) {
      const [key, row] = record as KeyedRow;
      join.addLeft(key, row, join.addPairs(row, table.candidates(key), out, matched), out);
      if (out.length < outRows) continue;
      yield* out;
      out = [];
    }
    yield* out;
    task.checkpoint();
  }
  if (matched !== undefined) yield* unmatched(join, table, matched);
}

function* unmatched(join: RowJoin, table: JoinTable, matched: ReadonlySet<SQLRow>): Generator<SQLRow> {
  for (const right of table.rows()) if (!matched.has(right)) yield join.unmatchedRight(right);
}

/** The left side's rows past one piece of the right side after the other. */
function* joinPieces(join: RowJoin, left: SpilledSide, right: SpilledSide, task: TaskRuntime): Generator<SQLRow> {
  const found = new Uint8Array(left.count);
  let table = new JoinTable();
  for (const batch of right.read()) {
    for (const record of batch) table.add((record as KeyedRow)[0], (record as KeyedRow)[1]);
    task.checkpoint();
    if (!task.executor.heap.isFullWith(table.size)) continue;
    yield* probePiece(join, table, left, found, task);
    table = new JoinTable();
  }
  yield* probePiece(join, table, left, found, task);
  let at = 0;
  for (const batch of left.read()) {
    const out: SQLRow[] = [];
    for (const record of batch) join.addLeft((record as KeyedRow)[0], (record as KeyedRow)[1], found[at++] === 1, out);
    yield* out;
    task.checkpoint();
  }
}

function* probePiece(join: RowJoin, table: JoinTable, left: SpilledSide, found: Uint8Array, task: TaskRuntime): Generator<SQLRow> {
  if (table.size === 0) return;
  const matched = join.rule.joinType === "full" ? new Set<SQLRow>() : undefined;
  let at = 0;
  for (const batch of left.read()) {
    let out: SQLRow[] = [];
    for (const record of batch) {
      const [key, row] = record as KeyedRow;
      const isDone = !join.givesPairs && found[at] === 1;
      if (!isDone && join.addPairs(row, table.candidates(key), out, matched)) found[at] = 1;
      at++;
      if (out.length < outRows) continue;
      yield* out;
      out = [];
    }
    yield* out;
    task.checkpoint();
  }
  if (matched !== undefined) yield* unmatched(join, table, matched);
}

function splitOf(side: Iterable<Batch>, depth: number, task: TaskRuntime): SpilledParts {
  const parts = new SpilledParts(task, spillParts, "join");
  for (const batch of side) {
    for (const record of batch) parts.add(partOf((record as KeyedRow)[0], depth), record);
    task.checkpoint();
  }
  return parts;
}

/** The part of a key at a depth: other bits of its hash at each, mixed, since the shuffle has used the hash already. */
function partOf(key: string, depth: number): number {
  const hash = hashString(key);
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d + depth * 2);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % spillParts;
}

/** What NOT IN must know of a partition of the right side. */
export function rightFacts(): (partition: number, rows: Iterable<KeyedRow>) => Iterable<RightFacts> {
  return (_partition, rows) => {
    let isEmpty = true;
    for (const [key] of rows) {
      isEmpty = false;
      if (key === nullKey) return [{ isEmpty, hasNullKey: true }];
    }
    return [{ isEmpty, hasNullKey: false }];
  };
}
