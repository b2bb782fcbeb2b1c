import type { BlockReader, ExtentAllocator } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { ControlChannel } from "../executor/control-channel.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle, MapStatus } from "../message/task-result.ts";
import { readBytes } from "../storage/read-bytes.ts";
import type { RecordCodec } from "../storage/record-codec.ts";

/** One encoded chunk of a reducer's input and where it came from. */
export interface LocatedChunk {
  readonly handle: BytesHandle;
  readonly mapPartition: number;
  readonly executorId: string;
}

/** Raised when a map output cannot be read; the task ends as FetchFailed and the driver makes the output again. */
export class FetchFailure extends Error {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly executorId: string;

  constructor(shuffleId: number, mapPartition: number, executorId: string, cause: Error) {
    super(cause.message, { cause });
    this.shuffleId = shuffleId;
    this.mapPartition = mapPartition;
    this.executorId = executorId;
  }
}

/** Reads what map tasks wrote for a reducer. Committed outputs are asked for once a shuffle and thread. */
export class ShuffleReader {
  readonly #control: ControlChannel;
  readonly #allocator: ExtentAllocator;
  readonly #codec: RecordCodec;
  readonly #byReducer = new Map<number, Map<number, LocatedChunk[]>>();

  constructor(control: ControlChannel, allocator: ExtentAllocator, codec: RecordCodec) {
    this.#control = control;
    this.#allocator = allocator;
    this.#codec = codec;
  }

  /** Forgets the outputs of a shuffle, because some changed or the shuffle is gone. */
  forget(shuffleId: number): void {
    this.#byReducer.delete(shuffleId);
  }

  /**
   * The chunks for one reducer, in the order of map partitions and of writing.
   * @throws FetchFailure
   */
  *read(shuffleId: number, reducer: number, task: TaskRuntime): IterableIterator<BlockReader> {
    const { metrics } = task.context;
    for (const chunk of this.#chunks(shuffleId).get(reducer) ?? []) {
      const block = this.#open(shuffleId, chunk);
      metrics.shuffleReadBlocks++;
      metrics.shuffleReadBytes += chunk.handle.kind === "inline" ? chunk.handle.bytes.byteLength : chunk.handle.length;
      metrics.shuffleReadRecords += block.count;
      yield block;
    }
  }

  #open(shuffleId: number, chunk: LocatedChunk): BlockReader {
    try {
      return this.#codec.open(readBytes(chunk.handle, this.#allocator));
    } catch (error) {
      this.forget(shuffleId);
      throw new FetchFailure(shuffleId, chunk.mapPartition, chunk.executorId, error as Error);
    }
  }

  #chunks(shuffleId: number): Map<number, LocatedChunk[]> {
    const known = this.#byReducer.get(shuffleId);
    if (known !== undefined) return known;
    const chunks = chunksByReducer(shuffleId, this.#control.call("mapOutputs", { shuffleId }));
    this.#byReducer.set(shuffleId, chunks);
    return chunks;
  }
}

/** The chunks of each reducer in the order of map partitions. @throws FetchFailure (SHUFFLE_BLOCK_MISSING) when an output is not committed */
export function chunksByReducer(shuffleId: number, statuses: readonly (MapStatus | undefined)[]): Map<number, LocatedChunk[]> {
  const chunks = new Map<number, LocatedChunk[]>();
  statuses.forEach((status, mapPartition) => addOutputs(chunks, status, shuffleId, mapPartition));
  return chunks;
}

function addOutputs(chunks: Map<number, LocatedChunk[]>, status: MapStatus | undefined, shuffleId: number, mapPartition: number): void {
  if (status === undefined) {
    const missing = coreErrors.create("SHUFFLE_BLOCK_MISSING", { shuffleId, mapPartition, reason: "no attempt at it is committed" });
    throw new FetchFailure(shuffleId, mapPartition, "", missing);
  }
  for (const output of status.outputs) {
    const list = chunks.get(output.reducer) ?? [];
    chunks.set(output.reducer, list);
    for (const handle of output.chunks) list.push({ handle, mapPartition, executorId: status.executorId });
  }
}
