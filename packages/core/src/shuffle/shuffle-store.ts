import type { BytesHandle, MapStatus } from "../message/task-result.ts";

/** One encoded chunk of a reducer's input and where it came from. */
export interface LocatedChunk {
  readonly handle: BytesHandle;
  readonly mapPartition: number;
  /** The attempt at the map partition that wrote it. */
  readonly taskId: number;
  readonly executorId: string;
  /** Records that were written into it; absent where nobody else could have changed it. */
  readonly records?: number;
}

/** Which chunks a reducer wants. */
export interface ChunkRequest {
  readonly shuffleId: number;
  readonly reducer: number;
  /** True after the files that were given could not be read: what also lies elsewhere is given from there. */
  readonly withoutFiles?: boolean;
  /** The task that reads; what it was given stays until {@link ShuffleStore.taskEnded}. */
  readonly taskId?: number;
}

/**
 * How map output leaves its executor and reaches reducers in other processes; one an executor process, on its control thread.
 *
 * A map task has written its chunks into a file of its host when the store sees it. Output is immutable and known by its attempt
 * (`taskId`): the store may hold several attempts at a partition, and readers take the one in the statuses, which the driver
 * committed. Nothing is freed by reading.
 */
export interface ShuffleStore {
  /**
   * Puts a written output where readers will find it; the status to commit.
   * @throws SHUFFLE_STORE_FULL when its quota does not hold the output
   */
  store(status: MapStatus): Promise<MapStatus>;
  /**
   * The chunks of one reducer, in the order of map partitions and of writing, as handles that every thread of the process can read.
   * @param statuses the committed outputs of all map partitions
   * @throws SHUFFLE_BLOCK_MISSING naming the first map partition whose output is not to be had
   */
  chunks(request: ChunkRequest, statuses: readonly MapStatus[]): Promise<readonly LocatedChunk[]>;
  /** A task has ended, and with it its reading. */
  taskEnded(taskId: number): void;
  /** Drops what it keeps for reading a shuffle, because outputs were withdrawn. */
  forget(shuffleId: number): void;
  /** Frees everything of a shuffle on this executor. */
  remove(shuffleId: number): void;
  close(): Promise<void>;
}
