import type { BlockReader, ExtentAllocator } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { recordsRead } from "../message/task-result.ts";
import { readBytes } from "../storage/read-bytes.ts";
import type { RecordCodec } from "../storage/record-codec.ts";
import { FetchFailure } from "./fetch-failure.ts";
import type { MapOutputs } from "./map-outputs.ts";
import type { LocatedChunk } from "./shuffle-store.ts";

/** Reads what map tasks wrote for a reducer. */
export class ShuffleReader {
  readonly #outputs: MapOutputs;
  readonly #allocator: ExtentAllocator;
  readonly #codec: RecordCodec;

  constructor(outputs: MapOutputs, allocator: ExtentAllocator, codec: RecordCodec) {
    this.#outputs = outputs;
    this.#allocator = allocator;
    this.#codec = codec;
  }

  /** Forgets the outputs of a shuffle, because some changed or the shuffle is gone. */
  forget(shuffleId: number): void {
    this.#outputs.forget(shuffleId);
  }

  /**
   * The chunks for one reducer, in the order of map partitions and of writing.
   * @param maps the first map partition to read, and the one behind the last
   * @throws FetchFailure
   */
  *read(shuffleId: number, reducer: number, task: TaskRuntime, maps?: readonly [number, number]): IterableIterator<BlockReader> {
    const { metrics } = task.context;
    let chunks = this.#outputs.chunks(shuffleId, reducer);
    let isElsewhere = false;
    for (let at = 0; at < chunks.length; at++) {
      const chunk = chunks[at] as LocatedChunk;
      if (maps !== undefined && (chunk.mapPartition < maps[0] || chunk.mapPartition >= maps[1])) continue;
      const block = this.#open(chunk);
      if (block instanceof Error) {
        const others = isElsewhere || chunk.handle.kind !== "file" ? [] : this.#outputs.chunksElsewhere(shuffleId, reducer);
        if (others.length !== chunks.length) throw this.#failed(shuffleId, chunk, block);
        // The same chunks in the same order, from another place: reading goes on where it stopped.
        chunks = others;
        isElsewhere = true;
        at--;
        continue;
      }
      metrics.shuffleReadBlocks++;
      metrics.shuffleReadBytes += chunk.handle.kind === "inline" ? chunk.handle.bytes.byteLength : chunk.handle.length;
      metrics.shuffleReadRecords += block.count;
      task.executor.tellProgress(recordsRead(metrics));
      yield block;
    }
  }

  #open(chunk: LocatedChunk): BlockReader | Error {
    try {
      const block = this.#codec.open(readBytes(chunk.handle, this.#allocator));
      if (chunk.records === undefined || block.count === chunk.records) return block;
      // The ledger of rows: what is read is what was committed.
      const { mapPartition: map, records: expected } = chunk;
      return coreErrors.create("BLOCK_CORRUPT", { block: `map output ${map}`, actual: `${block.count} records`, expected });
    } catch (error) {
      return error as Error;
    }
  }

  #failed(shuffleId: number, chunk: LocatedChunk, cause: Error): FetchFailure {
    this.forget(shuffleId);
    return new FetchFailure(shuffleId, chunk, cause);
  }
}
