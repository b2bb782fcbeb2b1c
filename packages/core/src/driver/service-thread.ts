import type { SegmentHandle } from "@vonk/columnar/internal";
import type { ClusterApplication } from "../cluster/cluster-manager.ts";
import type { ExecutorSettings } from "../executor/executor-runtime.ts";
import type { DriverSettings } from "./driver-settings.ts";

/** The one executor of a local master: threads of the driver's process. */
export interface LocalExecutor {
  readonly kind: "local";
  readonly settings: ExecutorSettings;
  readonly slots: number;
  readonly cores: number;
  readonly storageFraction: number;
  readonly heartbeatIntervalMs: number;
  readonly killGraceMs: number;
  readonly heapHardLimitMiB: number;
}

/** Executors that a cluster grants. */
export interface ClusterExecutors {
  readonly kind: "cluster";
  /** Module that exports the cluster's manager. */
  readonly managerURL: string;
  readonly application: ClusterApplication;
  /** Folder of the files that the program adds. */
  readonly filesDir: string;
  /** Folder of the files that its code consists of. */
  readonly modulesDir: string;
  /** One word: the task slots granted so far, for the user's thread. */
  readonly slots: SharedArrayBuffer;
}

/** What the driver's service thread is started with. */
export interface ServiceThreadStart {
  readonly driver: DriverSettings;
  readonly segment: SegmentHandle;
  /** Clones messages within the thread, as a network would; tests switch it on. */
  readonly cloneMessages: boolean;
  readonly executors: LocalExecutor | ClusterExecutors;
}
