import { join } from "node:path";
import { type BlockReader, KeyIndex, portableHash } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Batch, BatchIterator } from "../compute/computation.ts";
import type { ReduceFunctions } from "../compute/shuffled.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle } from "../message/task-result.ts";
import { ByteArena } from "../storage/byte-arena.ts";
import { readBytes } from "../storage/read-bytes.ts";

/** Parts that spilled combiners are split into, by hash; a part that is still too large is split again. */
const spillParts = 32;
const spillDepthMax = 6;

type Pair = readonly [unknown, unknown];

/** Combiners by key, in the order in which keys were first met. */
class CombinerTable {
  index = new KeyIndex();
  combiners: unknown[] = [];

  add(batch: Batch, functions: Pick<ReduceFunctions, "create" | "merge">): void {
    const { index, combiners } = this;
    const { create, merge } = functions;
    for (let at = 0; at < batch.length; at++) {
      const pair = batch[at] as Pair;
      const slot = index.slot(pair[0]);
      if (slot === combiners.length) combiners.push(create(pair[1]));
      else combiners[slot] = merge(combiners[slot], pair[1]);
    }
  }

  *drain(size: number): BatchIterator {
    const { index, combiners } = this;
    for (let from = 0; from < combiners.length; from += size) {
      const batch: Batch = [];
      const to = Math.min(combiners.length, from + size);
      for (let slot = from; slot < to; slot++) batch.push([index.keyAt(slot), combiners[slot]]);
      yield batch;
    }
  }

  spillTo(spill: HashSpill): void {
    const { combiners } = this;
    spill.write(this.index, combiners.length, (slot) => combiners[slot]);
    this.index = new KeyIndex();
    this.combiners = [];
  }
}

/**
 * Combines the values of each key: `[key, value]` in, `[key, combiner]` out, in no promised order.
 *
 * 1. Values are combined in a table.
 * 2. When the heap runs short, the table goes to disk in 32 parts by hash and is emptied.
 * 3. At the end, if nothing was spilled the table is the result; otherwise the rest is spilled too and each part is
 *    combined by itself with the same procedure, one hash level deeper.
 * All values of one key must fit the heap together once they are combined.
 */
export function combineByKey(source: Iterable<BlockReader>, functions: ReduceFunctions, task: TaskRuntime): BatchIterator {
  return combineBatches(decoded(source, task), functions, task, 0);
}

function* decoded(blocks: Iterable<BlockReader>, task: TaskRuntime): BatchIterator {
  const size = task.executor.settings.batchRecords;
  for (const block of blocks) {
    for (let from = 0; from < block.count; from += size) yield block.decodeRange(from, Math.min(block.count, from + size));
  }
}

/** {@link combineByKey} of batches; `depth` counts how often the keys were split already. */
export function* combineBatches(batches: Iterable<Batch>, functions: ReduceFunctions, task: TaskRuntime, depth = 0): BatchIterator {
  const table = new CombinerTable();
  let spill: HashSpill | undefined;
  for (const batch of batches) {
    table.add(batch, functions);
    task.checkpoint();
    if (depth >= spillDepthMax || !task.executor.heap.isFullWith(table.combiners.length)) continue;
    spill ??= new HashSpill(task, depth);
    table.spillTo(spill);
  }
  const size = task.executor.settings.batchRecords;
  if (spill === undefined) {
    yield* table.drain(size);
    return;
  }
  table.spillTo(spill);
  const merging: ReduceFunctions = {
    create: (combiner) => combiner,
    merge: functions.mergeCombiners,
    mergeCombiners: functions.mergeCombiners,
  };
  for (let part = 0; part < spillParts; part++) yield* combineBatches(spill.read(part), merging, task, depth + 1);
}

/** `[key, state]` records on disk, split by the key's hash into {@link HashSpill.parts} parts. */
export class HashSpill {
  readonly #task: TaskRuntime;
  readonly #depth: number;
  readonly #arena: ByteArena;
  readonly #parts: BytesHandle[][] = Array.from({ length: spillParts }, () => []);

  constructor(task: TaskRuntime, depth: number) {
    this.#task = task;
    this.#depth = depth;
    this.#arena = spillArena(task, "combine");
  }

  static readonly parts: number = spillParts;
  static readonly depthMax: number = spillDepthMax;

  /** Writes the state of each of `count` keys. */
  write(index: KeyIndex, count: number, stateAt: (slot: number) => unknown): void {
    const { context, executor } = this.#task;
    const batches: Batch[] = Array.from({ length: spillParts }, () => []);
    for (let slot = 0; slot < count; slot++) {
      const key = index.keyAt(slot);
      const part = spillPart(portableHash(key), this.#depth);
      const batch = batches[part] as Batch;
      batch.push([key, stateAt(slot)]);
      if (batch.length < 4096) continue;
      this.#writePart(part, batch);
      batches[part] = [];
    }
    batches.forEach((batch, part) => this.#writePart(part, batch));
    context.metrics.memoryBytesSpilled += executor.heap.usedBytes;
  }

  #writePart(part: number, batch: Batch): void {
    if (batch.length === 0) return;
    const { context, executor } = this.#task;
    const handle = this.#arena.write((allocate) => executor.codec.encode(batch, allocate));
    assert(handle !== undefined, "a spill file takes every chunk");
    this.#parts[part]?.push(handle);
    if (handle.kind === "file") context.metrics.diskBytesSpilled += handle.length;
  }

  *read(part: number): BatchIterator {
    const { executor } = this.#task;
    for (const handle of this.#parts[part] ?? []) yield executor.codec.open(readBytes(handle, executor.allocator)).decode();
  }
}

let spillCount = 0;

/** A file for one operator's spilled data, deleted when the task ends. */
export function spillArena(task: TaskRuntime, purpose: string): ByteArena {
  const { executor, context } = task;
  const spillPath = join(executor.settings.localDir, `spill_${purpose}_${executor.thread}_${spillCount++}`);
  const arena = new ByteArena({
    allocator: executor.allocator,
    tag: 1,
    spillPath,
    makeRoom: () => false,
    mayUseDisk: true,
    mayUseMemory: false,
  });
  context.addTaskCompletionListener(() => arena.remove());
  return arena;
}

/** The part of a hash at a depth: other bits at each, mixed so that the shuffle's own use of the hash does not leave parts empty. */
function spillPart(hash: number, depth: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d + depth * 2);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % spillParts;
}
