import { type BlockReader, KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { combineBatches, HashSpill } from "../shuffle/external-combiner.ts";
import type { Batch, BatchIterator } from "./computation.ts";

/** Records after which dropping repeats before the shuffle is judged. */
const trialRecords = 65_536;
/** Share of records seen for the first time above which it does not pay. */
const freshShareMax = 0.8;

/**
 * The records of a partition without most repeats: the map side of distinct.
 * Stops looking when repeats turn out to be rare, and forgets what was seen when the heap runs short; so equal records may
 * still come twice, and the reduce side has the last word.
 */
export function* distinctBatches(batches: BatchIterator, _partition: number, _args: unknown, task: TaskRuntime): BatchIterator {
  let seen: KeyIndex | undefined = new KeyIndex();
  let slots = new Int32Array(0);
  let records = 0;
  let freshRecords = 0;
  for (const batch of batches) {
    if (seen === undefined) {
      yield batch;
      continue;
    }
    if (slots.length < batch.length) slots = new Int32Array(batch.length);
    const fresh = freshOf(batch, seen, slots);
    records += batch.length;
    freshRecords += fresh.length;
    yield fresh;
    if (records >= trialRecords && freshRecords > records * freshShareMax) seen = undefined;
    else if (seen.size > trialRecords && task.executor.heap.shouldSpill) seen = new KeyIndex();
  }
}

/** Records of a batch that were not in `seen`; they are now. */
function freshOf(batch: Batch, seen: KeyIndex, slots: Int32Array): Batch {
  let known = seen.size;
  seen.slots(batch, slots);
  const fresh: Batch = [];
  for (let at = 0; at < batch.length; at++) {
    if ((slots[at] ?? 0) < known) continue;
    fresh.push(batch[at]);
    known++;
  }
  return fresh;
}

/** Each record once, when all have been read: the reduce side of distinct. When the heap runs short the records go to disk in parts by hash. */
export function* distinctRecords(source: Iterable<BlockReader | Batch>, task: TaskRuntime): BatchIterator {
  const size = task.executor.settings.batchRecords;
  let seen = new KeyIndex();
  let spill: HashSpill | undefined;
  let slots = new Int32Array(0);
  for (const item of source) {
    for (const keys of keysOf(item, size)) {
      if (slots.length < keys.length) slots = new Int32Array(keys.length);
      seen.slots(keys, slots);
      task.checkpoint();
      if (seen.size < trialRecords || !task.executor.heap.shouldSpill) continue;
      spill ??= new HashSpill(task, 0);
      spill.write(seen, seen.size, () => null);
      seen = new KeyIndex();
    }
  }
  if (spill === undefined) {
    yield* recordsOfIndex(seen, size);
    return;
  }
  spill.write(seen, seen.size, () => null);
  const first = (value: unknown): unknown => value;
  for (let part = 0; part < HashSpill.parts; part++) {
    const merged = combineBatches(spill.read(part), { create: first, merge: first, mergeCombiners: first }, task, 1);
    for (const batch of merged) yield batch.map((pair) => (pair as readonly unknown[])[0]);
  }
}

/** A block's records, as typed numbers where it holds nothing else. */
function* keysOf(item: BlockReader | Batch, size: number): IterableIterator<Float64Array | Int32Array | readonly unknown[]> {
  if (Array.isArray(item)) {
    yield item;
    return;
  }
  const numbers = item.count > 0 && typeof item.decodeRange(0, 1)[0] === "number" ? item.keyNumbers() : undefined;
  if (numbers !== undefined) {
    yield numbers;
    return;
  }
  for (let from = 0; from < item.count; from += size) yield item.decodeRange(from, Math.min(item.count, from + size));
}

function* recordsOfIndex(seen: KeyIndex, size: number): BatchIterator {
  for (let from = 0; from < seen.size; from += size) {
    const batch: Batch = [];
    const to = Math.min(seen.size, from + size);
    for (let slot = from; slot < to; slot++) batch.push(seen.keyAt(slot));
    yield batch;
  }
}
