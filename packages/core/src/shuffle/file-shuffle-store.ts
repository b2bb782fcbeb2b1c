import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { coreErrors } from "../errors.ts";
import type { MapStatus } from "../message/task-result.ts";
import type { ChunkRequest, LocatedChunk, ShuffleStore } from "./shuffle-store.ts";
import { chunksInFile, hasNothingFor } from "./stored-output.ts";

/**
 * Shuffle through the files that map tasks wrote, for executors on one host that share a folder.
 * The folder is the worker's, so that output outlives its executor.
 */
export class FileShuffleStore implements ShuffleStore {
  readonly #host: string;
  readonly #folder: string;

  constructor(host: string, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  async store(status: MapStatus): Promise<MapStatus> {
    return status;
  }

  async chunks({ shuffleId, reducer }: ChunkRequest, statuses: readonly MapStatus[]): Promise<readonly LocatedChunk[]> {
    return statuses.flatMap((status) => {
      if (hasNothingFor(status, reducer)) return [];
      if (status.host === this.#host && status.file !== undefined) return chunksInFile(status, reducer);
      const reason = `it lies on ${status.host} and vonk.shuffle.store is files; use auto or jetstream between hosts`;
      throw coreErrors.create("SHUFFLE_BLOCK_MISSING", {
        shuffleId,
        mapPartition: status.mapPartition,
        executorId: status.executorId,
        reason,
      });
    });
  }

  forget(): void {
    // Nothing is kept.
  }

  remove(shuffleId: number): void {
    removeShuffleFiles(this.#folder, shuffleId);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

/** Name of the file for the map outputs of one thread; unique on its host, whatever attempts run. */
export function shuffleFileName(shuffleId: number, executorId: string, thread: number, taskId: number): string {
  return `shuffle_${shuffleId}_${executorId}_${thread}_${taskId}.data`;
}

/** Deletes a host's files of one shuffle; several executors of the host may do so. */
export function removeShuffleFiles(folder: string, shuffleId: number): void {
  for (const name of readdirSync(folder)) if (name.startsWith(`shuffle_${shuffleId}_`)) rmSync(join(folder, name), { force: true });
}
