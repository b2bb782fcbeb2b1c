import type { Bus } from "@vonk/bus";
import type { StoredBlock } from "../executor/control-channel.ts";
import type { ExecutorSetup } from "../message/services.ts";
import type { ServedFiles } from "./served-files.ts";
import type { ShuffleStreams } from "./shuffle-layouts.ts";

/** What the driver's service has besides when its executors are other processes. */
export interface DriverCluster {
  /** Reaches the executors. */
  readonly bus: Bus;
  readonly setup: ExecutorSetup;
  /** Absent when shuffles go through files alone. */
  readonly streams?: ShuffleStreams;
  /** Files that the program added. */
  readonly files: ServedFiles;
  /** The files that its code consists of. */
  readonly modules: ServedFiles;
  /** The bytes of a block that lies in the driver's own memory or files. */
  readBlock(block: StoredBlock): Uint8Array;
  /** Told how many task slots the executors have together, whenever that changes. */
  slotsChanged(slots: number): void;
  /** Wants `total` executors from now on; false when the cluster did not take the wish. */
  requestTotalExecutors(total: number): Promise<boolean>;
  /** Ends executors, and wants as many less when `replace` is false; the ids that were known. */
  killExecutors(executorIds: readonly string[], replace: boolean): Promise<readonly string[]>;
  /** Gives everything back to the cluster. */
  close(): Promise<void>;
}
