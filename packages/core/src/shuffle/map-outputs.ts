import { coreErrors } from "../errors.ts";
import type { ControlChannel } from "../executor/control-channel.ts";
import type { MapStatus } from "../message/task-result.ts";
import { FetchFailure } from "./fetch-failure.ts";
import type { LocatedChunk } from "./shuffle-store.ts";

/** Where a task thread learns which chunks a reducer reads. */
export interface MapOutputs {
  /** In the order of map partitions and of writing. @throws FetchFailure or SHUFFLE_BLOCK_MISSING */
  chunks(shuffleId: number, reducer: number): readonly LocatedChunk[];
  /** The same chunks from another place than files, after one of those could not be read; none when there is no other place. */
  chunksElsewhere(shuffleId: number, reducer: number): readonly LocatedChunk[];
  /** Drops what is known of a shuffle, because outputs changed or the shuffle is gone. */
  forget(shuffleId: number): void;
}

/** Outputs in the memory and the files of this process. Committed outputs are asked for once a shuffle and thread. */
export class ProcessMapOutputs implements MapOutputs {
  readonly #control: ControlChannel;
  readonly #byReducer = new Map<number, Map<number, LocatedChunk[]>>();

  constructor(control: ControlChannel) {
    this.#control = control;
  }

  chunks(shuffleId: number, reducer: number): readonly LocatedChunk[] {
    let known = this.#byReducer.get(shuffleId);
    if (known === undefined) {
      known = chunksByReducer(shuffleId, this.#control.call("mapOutputs", { shuffleId }));
      this.#byReducer.set(shuffleId, known);
    }
    return known.get(reducer) ?? [];
  }

  chunksElsewhere(): readonly LocatedChunk[] {
    return [];
  }

  forget(shuffleId: number): void {
    this.#byReducer.delete(shuffleId);
  }
}

/** Outputs of many processes, found by the executor's shuffle store; the store keeps what there is to keep. */
export class StoredMapOutputs implements MapOutputs {
  readonly #control: ControlChannel;

  constructor(control: ControlChannel) {
    this.#control = control;
  }

  chunks(shuffleId: number, reducer: number): readonly LocatedChunk[] {
    return this.#control.call("shuffleChunks", { shuffleId, reducer });
  }

  chunksElsewhere(shuffleId: number, reducer: number): readonly LocatedChunk[] {
    return this.#control.call("shuffleChunks", { shuffleId, reducer, withoutFiles: true });
  }

  forget(): void {
    // Nothing is kept here.
  }
}

/** The chunks of each reducer in the order of map partitions. @throws FetchFailure (SHUFFLE_BLOCK_MISSING) when an output is not committed */
export function chunksByReducer(shuffleId: number, statuses: readonly (MapStatus | undefined)[]): Map<number, LocatedChunk[]> {
  const chunks = new Map<number, LocatedChunk[]>();
  statuses.forEach((status, mapPartition) => addOutputs(chunks, status, shuffleId, mapPartition));
  return chunks;
}

function addOutputs(chunks: Map<number, LocatedChunk[]>, status: MapStatus | undefined, shuffleId: number, mapPartition: number): void {
  if (status === undefined)
    throw new FetchFailure(shuffleId, { mapPartition, taskId: -1, executorId: "" }, notCommitted(shuffleId, mapPartition));
  for (const output of status.outputs) {
    const list = chunks.get(output.reducer) ?? [];
    chunks.set(output.reducer, list);
    for (const handle of output.chunks) list.push({ handle, mapPartition, taskId: status.taskId, executorId: status.executorId });
  }
}

/** SHUFFLE_BLOCK_MISSING for an output that no attempt has committed. */
export function notCommitted(shuffleId: number, mapPartition: number): Error {
  const reason = "no attempt at it is committed";
  return coreErrors.create("SHUFFLE_BLOCK_MISSING", { shuffleId, mapPartition, taskId: -1, executorId: "", reason });
}
