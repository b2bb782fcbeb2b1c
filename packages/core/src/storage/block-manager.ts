import { closeSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { checksum, type ExtentAllocator } from "@vonk/columnar/internal";
import type { StoredBlock } from "../executor/control-channel.ts";
import type { BytesHandle } from "../message/task-result.ts";
import { blockTag } from "./extent-tag.ts";
import { readBytes } from "./read-bytes.ts";
import type { StorageLevel } from "./storage-level.ts";

/** A change of what the executor stores. */
export interface BlockUpdate {
  readonly rddId: number;
  readonly partition: number;
  readonly stored: boolean;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** What a block manager is made with. */
export interface BlockManagerOptions {
  readonly allocator: ExtentAllocator;
  readonly localDir: string;
  /** Share of the segment in which cached blocks are safe from tasks that need memory. */
  readonly storageFraction: number;
  readonly report: (update: BlockUpdate) => void;
}

interface Entry {
  readonly rddId: number;
  readonly partition: number;
  readonly level: StorageLevel;
  readonly tag: number;
  block: StoredBlock;
  memoryBytes: number;
  /** Tasks that read the block now; it is neither moved nor freed meanwhile. */
  readonly readers: Set<number>;
  removed: boolean;
}

interface BlockName {
  readonly rddId: number;
  readonly partition: number;
}

/**
 * The executor's cached partitions, least recently used first.
 * Lives in the control thread; task threads read the bytes themselves and hold a block by the id of their task.
 */
export class BlockManager {
  readonly #options: BlockManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #readBy = new Map<number, Set<Entry>>();
  /** Tags handed out and not stored yet, by thread, so that a dead thread's memory comes back. */
  readonly #unstored = new Map<number, Set<number>>();
  #sequence = 0;

  constructor(options: BlockManagerOptions) {
    this.#options = options;
  }

  /** The block, held for `taskId` until it ends. */
  get(name: BlockName, taskId: number | undefined): StoredBlock | undefined {
    const key = keyOf(name);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#hold(entry, taskId);
    return entry.block;
  }

  /** Takes a block over; false when the partition is stored already. */
  put(
    request: BlockName & { readonly block: StoredBlock; readonly level: StorageLevel; readonly tag: number },
    taskId: number | undefined,
    thread: number,
  ): boolean {
    const { rddId, partition, block, level, tag } = request;
    // The caller reads its own copy and then drops the tag.
    if (this.#entries.has(keyOf(request))) return false;
    // Named by the caller: a thread may hold several tags, when a cached RDD is computed from another that found no room.
    this.dropTag(tag, thread);
    const memoryBytes = block.chunks.reduce((sum, chunk) => sum + (chunk.kind === "memory" ? chunk.length : 0), 0);
    const entry: Entry = { rddId, partition, level, tag, block, memoryBytes, readers: new Set(), removed: false };
    this.#entries.set(keyOf(request), entry);
    this.#hold(entry, taskId);
    this.#options.report({ rddId, partition, stored: true, memoryBytes, diskBytes: block.bytes - memoryBytes });
    return true;
  }

  newTag(thread: number): number {
    const tag = blockTag(this.#sequence++);
    const tags = this.#unstored.get(thread) ?? new Set<number>();
    this.#unstored.set(thread, tags.add(tag));
    return tag;
  }

  /** A tag is the caller's business no longer: its block is stored, or its memory free. */
  dropTag(tag: number, thread: number): null {
    const tags = this.#unstored.get(thread);
    tags?.delete(tag);
    if (tags?.size === 0) this.#unstored.delete(thread);
    return null;
  }

  /** Tags that threads hold for blocks that are not stored. */
  get unstoredTags(): number {
    return this.#unstored.values().reduce((sum, tags) => sum + tags.size, 0);
  }

  #hold(entry: Entry, taskId: number | undefined): void {
    if (taskId === undefined) return;
    entry.readers.add(taskId);
    const held = this.#readBy.get(taskId) ?? new Set<Entry>();
    this.#readBy.set(taskId, held.add(entry));
  }

  taskEnded(taskId: number): void {
    const held = this.#readBy.get(taskId);
    if (held === undefined) return;
    this.#readBy.delete(taskId);
    for (const entry of held) {
      entry.readers.delete(taskId);
      if (entry.removed && entry.readers.size === 0) this.#free(entry);
    }
  }

  threadEnded(thread: number): void {
    for (const tag of this.#unstored.get(thread) ?? []) this.#options.allocator.freeTag(tag);
    this.#unstored.delete(thread);
  }

  /** Memory that cached blocks take. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += entry.memoryBytes;
    return bytes;
  }

  /** Frees or moves to disk the least recently used blocks until `bytes` could be allocated; false when nothing could be freed. */
  makeRoom(request: { readonly bytes: number; readonly forStorage: boolean; readonly rddId: number }): boolean {
    const { allocator, storageFraction } = this.#options;
    const safeBytes = request.forStorage ? 0 : allocator.capacityBytes * storageFraction;
    let stored = this.memoryBytes;
    let freed = 0;
    // Twice the need, so that not every chunk has to ask again.
    const wanted = Math.max(request.bytes * 2, allocator.capacityBytes / 64);
    for (const entry of this.#entries.values()) {
      if (freed >= wanted || stored - freed <= safeBytes) break;
      if (entry.memoryBytes === 0 || entry.readers.size > 0 || (request.forStorage && entry.rddId === request.rddId)) continue;
      freed += this.#evict(entry);
    }
    stored -= freed;
    return freed > 0;
  }

  #evict(entry: Entry): number {
    const { memoryBytes } = entry;
    if (entry.level.useDisk) {
      entry.block = this.#toDisk(entry);
      this.#options.allocator.freeTag(entry.tag);
      entry.memoryBytes = 0;
      this.#options.report({ rddId: entry.rddId, partition: entry.partition, stored: true, memoryBytes: 0, diskBytes: entry.block.bytes });
    } else {
      this.#remove(entry);
    }
    return memoryBytes;
  }

  #toDisk(entry: Entry): StoredBlock {
    const { allocator, localDir } = this.#options;
    const path = join(localDir, `rdd_${entry.rddId}_${entry.partition}.${entry.tag}.evicted`);
    const file = openSync(path, "w");
    let position = 0;
    try {
      const chunks = entry.block.chunks.map((chunk): BytesHandle => {
        if (chunk.kind === "file") return chunk;
        const bytes = readBytes(chunk, allocator);
        for (let written = 0; written < bytes.byteLength;) written += writeSync(file, bytes, written);
        position += bytes.byteLength;
        return { kind: "file", path, offset: position - bytes.byteLength, length: bytes.byteLength, checksum: checksum(bytes) };
      });
      return { ...entry.block, chunks };
    } finally {
      closeSync(file);
    }
  }

  /** A reader found the bytes damaged: the block is given up and will be computed again. */
  damaged(name: BlockName): boolean {
    const entry = this.#entries.get(keyOf(name));
    if (entry !== undefined) this.#remove(entry);
    return entry !== undefined;
  }

  removeRDD(rddId: number): null {
    for (const entry of this.#entries.values()) if (entry.rddId === rddId) this.#remove(entry);
    return null;
  }

  #remove(entry: Entry): void {
    this.#entries.delete(keyOf(entry));
    entry.removed = true;
    this.#options.report({ rddId: entry.rddId, partition: entry.partition, stored: false, memoryBytes: 0, diskBytes: 0 });
    if (entry.readers.size === 0) this.#free(entry);
  }

  #free(entry: Entry): void {
    this.#options.allocator.freeTag(entry.tag);
    const paths = new Set(entry.block.chunks.flatMap((chunk) => (chunk.kind === "file" ? [chunk.path] : [])));
    for (const path of paths) rmSync(path, { force: true });
  }

  /** Deletes the executor's files whose names begin with `prefix`. */
  removeFiles(prefix: string): void {
    for (const name of readdirSync(this.#options.localDir)) {
      if (name.startsWith(prefix)) rmSync(join(this.#options.localDir, name), { force: true });
    }
  }
}

function keyOf(name: BlockName): string {
  return `${name.rddId}_${name.partition}`;
}
