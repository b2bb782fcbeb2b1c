import { KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { combineBatches, HashSpill } from "../shuffle/external-combiner.ts";
import type { Batch, BatchIterator } from "./computation.ts";

/**
 * The first of equal records of a partition as `[record, null]`. Before a shuffle this drops most repeats; when the heap runs
 * short what was seen is forgotten, so equal records may still come twice and the reduce side has the last word.
 */
export function* distinctBatches(batches: BatchIterator, _partition: number, _args: unknown, task: TaskRuntime): BatchIterator {
  let seen = new KeyIndex();
  let slots = new Int32Array(0);
  for (const batch of batches) {
    if (slots.length < batch.length) slots = new Int32Array(batch.length);
    let known = seen.size;
    seen.slots(batch, slots);
    const fresh: Batch = [];
    for (let at = 0; at < batch.length; at++) {
      if ((slots[at] ?? 0) < known) continue;
      fresh.push([batch[at], null]);
      known++;
    }
    yield fresh;
    if (seen.size > 65_536 && task.executor.heap.shouldSpill) seen = new KeyIndex();
  }
}

/** Each key of `[key, null]` records once, bare, when all have been read. When the heap runs short the keys go to disk in parts by hash. */
export function* distinctKeysOf(batches: Iterable<Batch>, task: TaskRuntime): BatchIterator {
  let seen = new KeyIndex();
  let spill: HashSpill | undefined;
  let keys: unknown[] = [];
  let slots = new Int32Array(0);
  for (const batch of batches) {
    if (slots.length < batch.length) slots = new Int32Array(batch.length);
    keys.length = batch.length;
    for (let at = 0; at < batch.length; at++) keys[at] = (batch[at] as readonly unknown[])[0];
    seen.slots(keys, slots);
    task.checkpoint();
    if (seen.size < 65_536 || !task.executor.heap.shouldSpill) continue;
    spill ??= new HashSpill(task, 0);
    spill.write(seen, seen.size, () => null);
    seen = new KeyIndex();
  }
  keys = [];
  const size = task.executor.settings.batchRecords;
  if (spill === undefined) {
    for (let from = 0; from < seen.size; from += size) {
      const batch: Batch = [];
      const to = Math.min(seen.size, from + size);
      for (let slot = from; slot < to; slot++) batch.push(seen.keyAt(slot));
      yield batch;
    }
    return;
  }
  spill.write(seen, seen.size, () => null);
  const first = (value: unknown): unknown => value;
  for (let part = 0; part < HashSpill.parts; part++) {
    const merged = combineBatches(spill.read(part), { create: first, merge: first, mergeCombiners: first }, task, 1);
    for (const batch of merged) yield batch.map((pair) => (pair as readonly unknown[])[0]);
  }
}
