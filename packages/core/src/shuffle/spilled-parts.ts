import { assert } from "@vonk/common/internal";
import type { Batch, BatchIterator } from "../compute/computation.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle } from "../message/task-result.ts";
import type { ByteArena } from "../storage/byte-arena.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { spillArena } from "./external-combiner.ts";

/** Records of a part that are written together. */
const chunkRecordsMax = 512;

/** Records on disk in parts, in the order in which they came; each part may be read as often as wanted. The file goes when the task ends. */
export class SpilledParts {
  readonly #task: TaskRuntime;
  readonly #arena: ByteArena;
  readonly #chunks: BytesHandle[][];
  readonly #counts: number[];
  readonly #chunkRecords: number;
  #pending: Batch[];

  constructor(task: TaskRuntime, parts: number, purpose: string) {
    this.#task = task;
    this.#chunkRecords = SpilledParts.chunkRecords(task);
    this.#arena = spillArena(task, purpose);
    this.#chunks = Array.from({ length: parts }, () => []);
    this.#pending = Array.from({ length: parts }, () => []);
    this.#counts = Array.from({ length: parts }, () => 0);
  }

  get parts(): number {
    return this.#chunks.length;
  }

  /** Records of a part. */
  countOf(part: number): number {
    return this.#counts[part] ?? 0;
  }

  add(part: number, record: unknown): void {
    const pending = this.#pending[part];
    assert(pending !== undefined, "a record goes into a part that there is");
    pending.push(record);
    this.#counts[part] = this.countOf(part) + 1;
    if (pending.length >= this.#chunkRecords) this.#write(part, pending);
  }

  /** The records of a part; those that wait to be written are written first. */
  *read(part: number): BatchIterator {
    const { codec, allocator } = this.#task.executor;
    this.#pending.forEach((pending, each) => this.#write(each, pending));
    for (const handle of this.#chunks[part] ?? []) yield codec.open(readBytes(handle, allocator)).decode();
  }

  /** Some records of a part by their position among its chunks, each of {@link SpilledParts.chunkRecords}. */
  readChunk(part: number, chunk: number): Batch {
    const { codec, allocator } = this.#task.executor;
    this.#pending.forEach((pending, each) => this.#write(each, pending));
    const handle = this.#chunks[part]?.[chunk];
    return handle === undefined ? [] : codec.open(readBytes(handle, allocator)).decode();
  }

  /** Records of each chunk of a part but the last. */
  static chunkRecords(task: TaskRuntime): number {
    return Math.min(chunkRecordsMax, task.executor.settings.batchRecords);
  }

  #write(part: number, records: Batch): void {
    if (records.length === 0) return;
    const { context, executor } = this.#task;
    const handle = this.#arena.write((allocate) => executor.codec.encode(records, allocate));
    assert(handle?.kind === "file", "a spill file takes every chunk");
    this.#chunks[part]?.push(handle);
    this.#pending[part] = [];
    context.metrics.diskBytesSpilled += handle.length;
  }
}
