import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { coreErrors } from "../errors.ts";
import type { MapStatus } from "../message/task-result.ts";
import { handleInFile, OutputIndex } from "./output-index.ts";
import type { ChunkRequest, LocatedChunk, ShuffleStore } from "./shuffle-store.ts";

/**
 * Shuffle through the files that map tasks wrote, for executors on one host.
 * The folder is the worker's, so that output outlives its executor.
 */
export class FileShuffleStore implements ShuffleStore {
  readonly #host: string;
  readonly #folder: string;
  readonly #indexes = new Map<number, OutputIndex>();

  constructor(host: string, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  async store(status: MapStatus): Promise<MapStatus> {
    return status;
  }

  async chunks({ shuffleId, reducer }: ChunkRequest, statuses: readonly MapStatus[]): Promise<readonly LocatedChunk[]> {
    let index = this.#indexes.get(shuffleId);
    if (index?.statuses !== statuses) {
      this.#indexes.set(shuffleId, (index = new OutputIndex(statuses)));
    }
    return index.located(reducer, (chunk) => {
      const { host, mapPartition, taskId, executorId } = chunk.status;
      if (host === this.#host) return handleInFile(chunk);
      const reason = `it lies on ${host} and vonk.shuffle.store is files; use auto or jetstream between hosts`;
      throw coreErrors.create("SHUFFLE_BLOCK_MISSING", { shuffleId, mapPartition, taskId, executorId, reason });
    });
  }

  taskEnded(): void {
    // Files are read with descriptors that outlive their names.
  }

  forget(shuffleId: number): void {
    this.#indexes.delete(shuffleId);
  }

  remove(shuffleId: number): void {
    this.#indexes.delete(shuffleId);
    removeShuffleFiles(this.#folder, shuffleId);
  }

  async close(): Promise<void> {
    this.#indexes.clear();
  }
}

/** Name of the file for the map outputs of one thread; unique on its host, whatever attempts run. */
export function shuffleFileName(shuffleId: number, executorId: string, thread: number, taskId: number): string {
  return `shuffle_${shuffleId}_${executorId}_${thread}_${taskId}.data`;
}

/** Deletes a folder's files of one shuffle; several executors may do so. */
export function removeShuffleFiles(folder: string, shuffleId: number): void {
  for (const name of readdirSync(folder)) if (name.startsWith(`shuffle_${shuffleId}_`)) rmSync(join(folder, name), { force: true });
}
