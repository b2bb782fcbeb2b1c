import type { BytesHandle, IndexedChunk, MapStatus } from "@vonk/core/spi";
import { bucketOf } from "./bucket.ts";
import type { WantedOutput } from "./data-message.ts";

/** A bucket of a shuffle on this executor: the bytes of all committed outputs for its reducers behind each other. */
export class FetchedBucket {
  /** The outputs that have bytes in the bucket, in their order there. */
  readonly outputs: readonly WantedOutput[];
  /** Bytes of all of them. */
  readonly bytes: number;
  /** Where the bytes lie. */
  target: SharedArrayBuffer | string = "";
  /** Tasks that read it now. */
  readonly readers: Set<number> = new Set();
  /** Reducers whose chunks were asked for; when these are all, it is probably not needed again. */
  readonly #served = new Set<number>();
  readonly #bucket: number;
  readonly #buckets: number;
  /** By map partition: where each chunk of an output begins in the bucket; only chunks of its reducers count. */
  readonly #chunkOffsets = new Map<number, Float64Array>();

  constructor(statuses: readonly MapStatus[], epoch: number, bucket: number, buckets: number) {
    this.#bucket = bucket;
    this.#buckets = buckets;
    const outputs: WantedOutput[] = [];
    let base = 0;
    for (const status of statuses) {
      if (status.stream?.epoch !== epoch) continue;
      const bytes = this.#layOut(status, base);
      if (bytes > 0) outputs.push({ mapPartition: status.mapPartition, taskId: status.taskId, bytes });
      base += bytes;
    }
    this.outputs = outputs;
    this.bytes = base;
  }

  #layOut({ chunks, mapPartition }: MapStatus, base: number): number {
    if (chunks === undefined) return 0;
    const offsets = new Float64Array(chunks.reducers.length);
    let bytes = 0;
    for (let chunk = 0; chunk < offsets.length; chunk++) {
      offsets[chunk] = base + bytes;
      if (bucketOf(chunks.reducers[chunk] ?? 0, chunks.reducerCount, this.#buckets) === this.#bucket) bytes += chunks.lengths[chunk] ?? 0;
    }
    this.#chunkOffsets.set(mapPartition, offsets);
    return bytes;
  }

  /** The bucket once its bytes are there. */
  at(target: SharedArrayBuffer | string): this {
    this.target = target;
    return this;
  }

  /** Notes that a reducer's chunks are handed out. */
  serve(reducer: number, taskId: number | undefined): void {
    this.#served.add(reducer);
    if (taskId !== undefined) this.readers.add(taskId);
  }

  /** True when all its reducers were served and nobody reads it now. */
  isDone(reducerCount: number): boolean {
    const first = Math.ceil((this.#bucket * reducerCount) / this.#buckets);
    const end = Math.ceil(((this.#bucket + 1) * reducerCount) / this.#buckets);
    return this.readers.size === 0 && this.#served.size >= end - first;
  }

  /** The handle of a chunk of one of the bucket's reducers. */
  handle({ status, chunk, length, checksum }: IndexedChunk): BytesHandle {
    const offset = this.#chunkOffsets.get(status.mapPartition)?.[chunk] ?? 0;
    if (typeof this.target !== "string") return { kind: "inline", bytes: new Uint8Array(this.target, offset, length), checksum };
    return { kind: "file", path: this.target, offset, length, checksum };
  }
}
