import type { Bus } from "@vonk/bus";
import type { ShuffleStreams } from "../driver/shuffle-layouts.ts";

/** An application as it asks a cluster for executors; plain data. */
export interface ClusterApplication {
  readonly appId: string;
  readonly name: string;
  /** The master URL, as the user gave it. */
  readonly master: string;
  /** Folder that the application's modules are resolved from. */
  readonly appRoot: string;
  readonly version: string;
  /** All settings: what the manager needs of them is its own business. */
  readonly properties: readonly (readonly [string, string])[];
}

/** What a cluster tells the driver. Calls may come at any time after `connect` was called. */
export interface ClusterEvents {
  /** An executor is being launched: one that does not register in time is asked to be ended. A cluster need not tell. */
  executorGranted(executorId: string): void;
  /**
   * An executor's process has ended.
   * @param causedByApp false when the cluster ended it or lost its machine, so that its tasks are not to blame
   */
  executorLost(executorId: string, message: string, causedByApp: boolean): void;
  /** Something that the user should know while waiting, as that the cluster has too little to give. */
  warn(message: string): void;
  /** The cluster has given up the application: nothing can run any more. */
  applicationLost(error: Error): void;
}

/** An application's standing with its cluster. */
export interface ClusterConnection {
  /** Reaches the executors; they register at the driver's subject on it. */
  readonly bus: Bus;
  /** Absent when shuffles go through files alone. */
  readonly streams?: ShuffleStreams;
  /** Wants `total` executors from now on; false when the cluster did not take the wish. */
  requestTotalExecutors(total: number): Promise<boolean>;
  /** Ends executors, and wants as many less when `replace` is false; the ids that were known. */
  killExecutors(executorIds: readonly string[], replace: boolean): Promise<readonly string[]>;
  /** Gives everything back. */
  close(): Promise<void>;
}

/**
 * A kind of cluster: grants or denies an application executors, launches them and tells when they end.
 *
 * A package that brings one exports it as `clusterManager` from its main door and is found by the scheme of the master URL
 * (`vonk:` → `@vonk/cluster-standalone`). `connect` runs on the driver's service thread, beside both schedulers: it must not
 * block. Executors start by {@link startExecutor} with the same bus.
 */
export interface ClusterManager {
  /** @throws whatever says why the cluster cannot be used; the first job fails with it */
  connect(application: ClusterApplication, events: ClusterEvents): Promise<ClusterConnection>;
}
