import type { BytesHandle, MapStatus } from "../message/task-result.ts";
import type { LocatedChunk } from "./shuffle-store.ts";

/**
 * The chunks of all committed map outputs of a shuffle by reducer, in the order of map partitions and of writing.
 * Made in two passes over the chunks; 16 bytes a chunk.
 */
export class OutputIndex {
  readonly statuses: readonly MapStatus[];
  readonly reducerCount: number;
  /** Position in the arrays below at which a reducer's chunks begin; one entry more than reducers. */
  readonly #starts: Uint32Array;
  readonly #maps: Uint32Array;
  readonly #chunks: Uint32Array;
  /** Offset of a chunk from the beginning of its output. */
  readonly #offsets: Float64Array;

  /** @param statuses by map partition; all were written for the same number of reducers */
  constructor(statuses: readonly MapStatus[]) {
    this.statuses = statuses;
    this.reducerCount = Math.max(0, ...statuses.map((status) => status.chunks?.reducerCount ?? 0));
    const starts = new Uint32Array(this.reducerCount + 1);
    for (const { chunks } of statuses) {
      if (chunks !== undefined) for (const reducer of chunks.reducers) starts[reducer + 1] = (starts[reducer + 1] ?? 0) + 1;
    }
    for (let reducer = 0; reducer < this.reducerCount; reducer++) starts[reducer + 1] = (starts[reducer + 1] ?? 0) + (starts[reducer] ?? 0);
    const count = starts[this.reducerCount] ?? 0;
    this.#starts = starts.slice();
    this.#maps = new Uint32Array(count);
    this.#chunks = new Uint32Array(count);
    this.#offsets = new Float64Array(count);
    this.#fill(starts);
  }

  #fill(next: Uint32Array): void {
    this.statuses.forEach(({ chunks }, map) => {
      if (chunks === undefined) return;
      let offset = 0;
      for (let chunk = 0; chunk < chunks.reducers.length; chunk++) {
        const reducer = chunks.reducers[chunk] ?? 0;
        const at = next[reducer] ?? 0;
        next[reducer] = at + 1;
        this.#maps[at] = map;
        this.#chunks[at] = chunk;
        this.#offsets[at] = offset;
        offset += chunks.lengths[chunk] ?? 0;
      }
    });
  }

  /** The chunks of one reducer; `handleOf` says where one lies. */
  located(reducer: number, handleOf: (chunk: IndexedChunk) => BytesHandle): LocatedChunk[] {
    const located: LocatedChunk[] = [];
    for (let at = this.#starts[reducer] ?? 0; at < (this.#starts[reducer + 1] ?? 0); at++) {
      const status = this.statuses[this.#maps[at] ?? 0];
      const chunk = this.#chunks[at] ?? 0;
      if (status?.chunks === undefined) continue;
      const { lengths, checksums, records } = status.chunks;
      const handle = handleOf({
        status,
        chunk,
        offset: this.#offsets[at] ?? 0,
        length: lengths[chunk] ?? 0,
        checksum: checksums[chunk] ?? 0,
      });
      const { mapPartition, taskId, executorId } = status;
      located.push({ handle, mapPartition, taskId, executorId, records: records[chunk] ?? 0 });
    }
    return located;
  }
}

/** A chunk as the index knows it. */
export interface IndexedChunk {
  readonly status: MapStatus;
  /** Its position among the chunks of its output. */
  readonly chunk: number;
  /** Bytes from the beginning of its output. */
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

/** The handle of a chunk in the file of its output. */
export function handleInFile({ status, offset, length, checksum }: IndexedChunk): BytesHandle {
  return { kind: "file", path: status.file?.path ?? "", offset: (status.file?.offset ?? 0) + offset, length, checksum };
}
