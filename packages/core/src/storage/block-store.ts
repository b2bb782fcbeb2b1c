import { join } from "node:path";
import { BatchRecord, type BlockReader } from "@vonk/columnar/internal";
import type { Batch, BatchIterator } from "../compute/computation.ts";
import type { StoredBlock } from "../executor/control-channel.ts";
import type { ExecutorRuntime } from "../executor/executor-runtime.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { type BytesHandle, recordsRead } from "../message/task-result.ts";
import { ByteArena } from "./byte-arena.ts";
import { readBytes } from "./read-bytes.ts";
import type { StorageLevel } from "./storage-level.ts";

/** A task thread's access to the executor's cached partitions. */
export class BlockStore {
  readonly #executor: () => ExecutorRuntime;

  /** @param executor given late, because the runtime holds the store */
  constructor(executor: () => ExecutorRuntime) {
    this.#executor = executor;
  }

  /** A cached partition's records, or undefined when the executor does not hold it or its bytes are damaged. */
  get(rddId: number, partition: number, task: TaskRuntime): BatchIterator | undefined {
    const executor = this.#executor();
    const at = task.handed.findIndex((handed) => handed.rddId === rddId && handed.partition === partition);
    const block = at >= 0 ? task.handed.splice(at, 1)[0]?.block : executor.control.call("getBlock", { rddId, partition });
    if (block === undefined) return undefined;
    try {
      // All chunks are opened, and so checked, before the first record is given out.
      const readers = block.chunks.map((chunk) => executor.codec.open(readBytes(chunk, executor.allocator)));
      task.context.metrics.inputBytes += block.bytes;
      task.context.metrics.inputRecords += block.records;
      task.executor.tellProgress(recordsRead(task.context.metrics));
      return batchesOfReaders(readers, executor.settings.batchRecords);
    } catch (error) {
      if ((error as { code?: string }).code !== "BLOCK_CORRUPT") throw error;
      executor.control.call("blockDamaged", { rddId, partition });
      return undefined;
    }
  }

  /**
   * Stores a partition while it is computed and gives its records.
   * What finds no room at the level is given on without being stored, as Spark does.
   */
  put(rddId: number, partition: number, level: StorageLevel, batches: BatchIterator, task: TaskRuntime): BatchIterator {
    const executor = this.#executor();
    const tag = executor.control.call("blockTag", {});
    const arena = new ByteArena({
      allocator: executor.allocator,
      tag,
      spillPath: join(executor.settings.localDir, `rdd_${rddId}_${partition}.${tag}`),
      makeRoom: (bytes) => executor.control.call("makeRoom", { bytes, forStorage: true, rddId }),
      mayUseDisk: level.useDisk,
      mayUseMemory: level.useMemory,
    });
    let isOurs = true;
    /** Called when the copy has been read, and when the task ends: a reader may stop early, or never begin. */
    const drop = (): void => {
      if (!isOurs) return;
      isOurs = false;
      arena.remove();
      executor.allocator.freeTag(tag);
      executor.control.call("dropBlockTag", { tag });
    };
    task.context.addTaskCompletionListener(drop);
    const chunks: BytesHandle[] = [];
    let records = 0;
    const source = merged(batches);
    // Not for…of: leaving that early closes the source, and what is left of it is still needed when there is no room.
    for (let next = source.next(); next.done !== true; next = source.next()) {
      const batch = next.value;
      task.checkpoint();
      const handle = arena.write((allocate) => executor.codec.encode(batch, allocate));
      if (handle === undefined) return this.#giveUp(chunks, drop, batch, source, executor);
      chunks.push(handle);
      records += batch.length;
    }
    arena.close();
    task.context.metrics.diskBytesSpilled += arena.diskBytes;
    const block: StoredBlock = { chunks, bytes: arena.memoryBytes + arena.diskBytes, records };
    const stored = executor.control.call("putBlock", { rddId, partition, block, level, tag });
    isOurs = !stored;
    // When another thread was first its block holds the same records, and this copy is read once and then freed.
    const readers = chunks.map((chunk) => executor.codec.open(readBytes(chunk, executor.allocator)));
    return stored ? batchesOfReaders(readers, executor.settings.batchRecords) : this.#readAndDrop(readers, drop, executor);
  }

  *#readAndDrop(readers: readonly BlockReader[], drop: () => void, executor: ExecutorRuntime): BatchIterator {
    try {
      yield* batchesOfReaders(readers, executor.settings.batchRecords);
    } finally {
      drop();
    }
  }

  *#giveUp(chunks: readonly BytesHandle[], drop: () => void, failed: Batch, rest: BatchIterator, executor: ExecutorRuntime): BatchIterator {
    try {
      const readers = chunks.map((chunk) => executor.codec.open(readBytes(chunk, executor.allocator)));
      yield* batchesOfReaders(readers, executor.settings.batchRecords);
    } finally {
      drop();
    }
    yield failed;
    yield* rest;
  }
}

/** Small batches joined to about 16,384 records, so that a block's chunks are worth their headers. Batches of columns are chunks as they are. */
function* merged(batches: Iterable<Batch>): BatchIterator {
  let waiting: Batch = [];
  for (const batch of batches) {
    if (batch.length === 0) continue;
    if (batch[0] instanceof BatchRecord) {
      yield batch;
      continue;
    }
    if (waiting.length === 0) waiting = batch;
    else for (const record of batch) waiting.push(record);
    if (waiting.length < 16_384) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

/** The records of opened blocks in batches of at most `size`. */
export function* batchesOfReaders(readers: Iterable<BlockReader>, size: number): BatchIterator {
  for (const reader of readers) {
    for (let from = 0; from < reader.count; from += size) yield reader.decodeRange(from, Math.min(reader.count, from + size));
  }
}
