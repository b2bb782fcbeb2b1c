import { KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { HashSpill } from "../shuffle/external-combiner.ts";
import type { Batch, BatchIterator } from "./computation.ts";
import { groupSides, type GroupTable, type SideBatch } from "./group-table.ts";

/** How two sides are joined. */
export type JoinOutput = "join" | "leftOuter" | "rightOuter" | "fullOuter";

/**
 * Joins two sides of pairs by key; the left side comes first in `source`.
 *
 * 1. The left side's values are gathered by key.
 * 2. The right side streams past: each of its records gives a record for every left value of its key.
 * 3. What an outer join keeps of the left side follows.
 * When the heap runs short in step 1, both sides are gathered by key on disk and joined part by part.
 */
export function* hashJoin(source: IterableIterator<SideBatch>, output: JoinOutput, task: TaskRuntime): BatchIterator {
  const left = new LeftTable();
  const recordsMax = task.executor.settings.batchRecords;
  let probe: Probe | undefined;
  for (const next of source) {
    task.checkpoint();
    if (next.side === 0) {
      left.add(next.batch);
      if (!task.executor.heap.isFullWith(left.firsts.length)) continue;
      const spill = new HashSpill(task, 0);
      left.spillTo(spill);
      yield* joinTables(groupSides(source, 2, task, spill), output, task);
      return;
    }
    probe ??= new Probe(left, output);
    probe.start(next.batch);
    for (let batch = probe.fill(recordsMax); batch.length > 0; batch = probe.fill(recordsMax)) {
      yield batch;
      task.checkpoint();
    }
  }
  if (output === "leftOuter" || output === "fullOuter") yield* unmatched(left, probe?.matched, recordsMax);
}

/** Left values by key: most keys have one, so further ones lie apart. */
class LeftTable {
  index = new KeyIndex();
  readonly firsts: unknown[] = [];
  readonly others: (unknown[] | undefined)[] = [];

  add(batch: Batch): void {
    const { index, firsts, others } = this;
    for (let at = 0; at < batch.length; at++) {
      const pair = batch[at] as readonly [unknown, unknown];
      const slot = index.slot(pair[0]);
      if (slot === firsts.length) {
        firsts.push(pair[1]);
        others.push(undefined);
      } else {
        const more = others[slot];
        if (more === undefined) others[slot] = [pair[1]];
        else more.push(pair[1]);
      }
    }
  }

  /** Writes `[key, [left values, no right values]]` and empties the table. */
  spillTo(spill: HashSpill): void {
    spill.write(this.index, this.firsts.length, (slot) => [[this.firsts[slot], ...(this.others[slot] ?? [])], []]);
    this.index = new KeyIndex();
    this.firsts.length = 0;
    this.others.length = 0;
  }
}

/** The right side on its way past the left table. */
class Probe {
  readonly matched: Uint8Array;
  readonly #left: LeftTable;
  readonly #keepsRight: boolean;
  #batch: Batch = [];
  #at = 0;
  /** Left values of the current record that were paired already. */
  #paired = 0;

  constructor(left: LeftTable, output: JoinOutput) {
    this.#left = left;
    this.matched = new Uint8Array(left.firsts.length);
    this.#keepsRight = output === "rightOuter" || output === "fullOuter";
  }

  start(batch: Batch): void {
    this.#batch = batch;
    this.#at = 0;
    this.#paired = 0;
  }

  /** The next output records, about `recordsMax`; none when the batch is done. */
  fill(recordsMax: number): Batch {
    const { index, firsts, others } = this.#left;
    const batch = this.#batch;
    const out: Batch = [];
    for (; this.#at < batch.length; this.#at++) {
      if (out.length >= recordsMax) return out;
      const pair = batch[this.#at] as readonly [unknown, unknown];
      const key = pair[0];
      const right = pair[1];
      const slot = index.find(key);
      if (slot < 0) {
        if (this.#keepsRight) out.push([key, [undefined, right]]);
        continue;
      }
      this.matched[slot] = 1;
      if (this.#paired === 0) out.push([key, [firsts[slot], right]]);
      const more = others[slot];
      if (more === undefined) continue;
      // A key with very many values fills several batches.
      const to = Math.min(more.length, this.#paired + recordsMax);
      for (let other = this.#paired; other < to; other++) out.push([key, [more[other], right]]);
      this.#paired = to === more.length ? 0 : to;
      if (to < more.length) return out;
    }
    return out;
  }
}

function* unmatched(left: LeftTable, matched: Uint8Array | undefined, recordsMax: number): BatchIterator {
  let batch: Batch = [];
  for (let slot = 0; slot < left.firsts.length; slot++) {
    if (matched?.[slot] === 1) continue;
    const key = left.index.keyAt(slot);
    batch.push([key, [left.firsts[slot], undefined]]);
    for (const value of left.others[slot] ?? []) batch.push([key, [value, undefined]]);
    if (batch.length < recordsMax) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Joins keys whose values of both sides are gathered. */
function* joinTables(tables: Iterable<GroupTable>, output: JoinOutput, task: TaskRuntime): BatchIterator {
  const recordsMax = task.executor.settings.batchRecords;
  for (const table of tables) {
    let batch: Batch = [];
    for (let slot = 0; slot < table.size; slot++) {
      const key = table.index.keyAt(slot);
      const [left = [], right = []] = table.groupsAt(slot);
      for (const pair of pairsOf(left, right, output)) {
        batch.push([key, pair]);
        if (batch.length < recordsMax) continue;
        yield batch;
        task.checkpoint();
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }
}

function* pairsOf(left: readonly unknown[], right: readonly unknown[], output: JoinOutput): IterableIterator<readonly [unknown, unknown]> {
  if (left.length === 0) {
    if (output === "rightOuter" || output === "fullOuter") for (const value of right) yield [undefined, value];
  } else if (right.length === 0) {
    if (output === "leftOuter" || output === "fullOuter") for (const value of left) yield [value, undefined];
  } else {
    for (const a of left) for (const b of right) yield [a, b];
  }
}
