import { type BlockReader, naturalCompare } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Batch, BatchIterator } from "../compute/computation.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle } from "../message/task-result.ts";
import type { ByteArena } from "../storage/byte-arena.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { spillArena } from "./external-combiner.ts";
import { sortNumberBlocks } from "./kernel/number-sort.ts";

/** An order of keys. */
export interface SortOrder {
  readonly natural: boolean;
  readonly ascending: boolean;
  readonly compare: (a: unknown, b: unknown) => number;
}

type Pair = readonly [unknown, unknown];

/** Records of a sorted run that are read back together. */
const runChunkRecords = 2048;
/** Runs that are merged at once; more are merged into one before. */
const mergedRunsMax = 64;

/**
 * Sorts `[key, value]` records of a partition by key, stably.
 *
 * Blocks whose keys are all numbers are sorted by radix on their key columns without making records first.
 * Everything else is sorted as records, and so are numbers when their blocks do not fit; when the heap runs short the sorted
 * run goes to disk, and runs are merged at the end.
 */
export function* sortByKey(source: Iterable<BlockReader> | Iterable<Batch>, order: SortOrder, task: TaskRuntime): BatchIterator {
  const blocks: BlockReader[] = [];
  const rest: Batch[] = [];
  const iterator = (source as Iterable<BlockReader | Batch>)[Symbol.iterator]();
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    const item = next.value;
    if (Array.isArray(item) || !order.natural || item.keyNumbers() === undefined || task.executor.heap.shouldSpill) {
      rest.push(Array.isArray(item) ? item : item.decode());
      break;
    }
    blocks.push(item);
  }
  if (rest.length === 0) {
    yield* sortNumberBlocks(blocks, order.ascending, task.executor.settings.batchRecords);
    return;
  }
  yield* sortRecords(chain(blocks, rest, iterator), order, task);
}

/** Blocks are let go as they are read, so that they can be freed. */
function* chain(blocks: BlockReader[], first: readonly Batch[], rest: Iterator<BlockReader | Batch>): BatchIterator {
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) yield block.decode();
  yield* first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    yield Array.isArray(next.value) ? next.value : next.value.decode();
  }
}

/** The natural order with a short way for text, the commonest key that has no number column. */
function compareNaturally(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return naturalCompare(a, b);
}

function* sortRecords(batches: Iterable<Batch>, order: SortOrder, task: TaskRuntime): BatchIterator {
  const { ascending } = order;
  const compare = order.natural ? compareNaturally : order.compare;
  yield* sortBatches(
    batches,
    ascending
      ? (a: unknown, b: unknown) => compare((a as Pair)[0], (b as Pair)[0])
      : (a: unknown, b: unknown) => compare((b as Pair)[0], (a as Pair)[0]),
    task,
  );
}

/** Records of any kind in an order, stably. When the heap runs short the sorted run goes to disk; runs are merged at the end. */
export function* sortBatches(
  batches: Iterable<Batch>,
  compareRecords: (a: unknown, b: unknown) => number,
  task: TaskRuntime,
): BatchIterator {
  const runs: SortedRun[] = [];
  let arena: ByteArena | undefined;
  let records: unknown[] = [];
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at++) records.push(batch[at]);
    task.checkpoint();
    if (!task.executor.heap.isFullWith(records.length)) continue;
    records.sort(compareRecords);
    arena ??= spillArena(task, "sort");
    runs.push(writeRun(records, arena, task));
    records = [];
    // Each run that is read holds a chunk.
    if (runs.length >= mergedRunsMax) runs.splice(0, runs.length, mergedRun(runs, compareRecords, arena, task));
  }
  records.sort(compareRecords);
  const size = task.executor.settings.batchRecords;
  if (runs.length === 0) {
    for (let from = 0; from < records.length; from += size) yield records.slice(from, from + size);
    return;
  }
  yield* mergeRuns([...runs.map((run) => recordsOfRun(run, task)), records[Symbol.iterator]()], compareRecords, size);
}

interface SortedRun {
  readonly chunks: readonly BytesHandle[];
}

function writeRun(records: readonly unknown[], arena: ByteArena, task: TaskRuntime): SortedRun {
  const chunks: BytesHandle[] = [];
  for (let from = 0; from < records.length; from += runChunkRecords)
    chunks.push(writeChunk(records.slice(from, from + runChunkRecords), arena, task));
  task.context.metrics.memoryBytesSpilled += task.executor.heap.usedBytes;
  return { chunks };
}

function mergedRun(
  runs: readonly SortedRun[],
  compareRecords: (a: unknown, b: unknown) => number,
  arena: ByteArena,
  task: TaskRuntime,
): SortedRun {
  const sources = runs.map((run) => recordsOfRun(run, task));
  const chunks: BytesHandle[] = [];
  for (const batch of mergeRuns(sources, compareRecords, runChunkRecords)) {
    chunks.push(writeChunk(batch, arena, task));
    task.checkpoint();
  }
  return { chunks };
}

function writeChunk(records: readonly unknown[], arena: ByteArena, task: TaskRuntime): BytesHandle {
  const handle = arena.write((allocate) => task.executor.codec.encode(records, allocate));
  assert(handle?.kind === "file", "a spill file takes every chunk");
  task.context.metrics.diskBytesSpilled += handle.length;
  return handle;
}

function* recordsOfRun(run: SortedRun, task: TaskRuntime): IterableIterator<unknown> {
  const { codec, allocator } = task.executor;
  for (const chunk of run.chunks) yield* codec.open(readBytes(chunk, allocator)).decode();
}

interface MergeSource {
  readonly records: Iterator<unknown>;
  /** Earlier runs hold earlier records, which go first among equals. */
  readonly rank: number;
  head: unknown;
}

/** Merges sorted sources with a binary heap; equal records come in the order of their sources. */
function* mergeRuns(iterators: readonly Iterator<unknown>[], compare: (a: unknown, b: unknown) => number, size: number): BatchIterator {
  const heap: MergeSource[] = [];
  const before = (a: MergeSource, b: MergeSource): boolean => (compare(a.head, b.head) || a.rank - b.rank) < 0;
  iterators.forEach((records, rank) => {
    const first = records.next();
    if (first.done === true) return;
    heap.push({ records, rank, head: first.value });
    siftUp(heap, heap.length - 1, before);
  });
  let batch: Batch = [];
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    batch.push(top.head);
    const next = top.records.next();
    if (next.done === true) {
      const last = heap.pop();
      if (last !== undefined && last !== top) heap[0] = last;
    } else {
      top.head = next.value;
    }
    siftDown(heap, before);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function siftUp(heap: MergeSource[], from: number, before: (a: MergeSource, b: MergeSource) => boolean): void {
  for (let at = from; at > 0;) {
    const up = (at - 1) >> 1;
    const child = heap[at] as MergeSource;
    const parent = heap[up] as MergeSource;
    if (!before(child, parent)) return;
    heap[at] = parent;
    heap[up] = child;
    at = up;
  }
}

function siftDown(heap: MergeSource[], before: (a: MergeSource, b: MergeSource) => boolean): void {
  for (let at = 0; ;) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const least = right < heap.length && before(heap[right] as MergeSource, heap[left] as MergeSource) ? right : left;
    const child = heap[least] as MergeSource;
    const parent = heap[at] as MergeSource;
    if (!before(child, parent)) return;
    heap[at] = child;
    heap[least] = parent;
    at = least;
  }
}
