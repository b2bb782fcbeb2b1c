/** A job as `statusTracker` shows it. */
export interface JobStatus {
  readonly jobId: number;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED";
  readonly stageIds: readonly number[];
  readonly group: string | undefined;
  readonly tags: readonly string[];
}

/** A stage as `statusTracker` shows it. */
export interface StageStatus {
  readonly stageId: number;
  readonly attempt: number;
  readonly name: string;
  readonly state: "none" | "waiting" | "running" | "failed";
  readonly numTasks: number;
  readonly numActiveTasks: number;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
  readonly submittedAtMs: number;
}

/** An executor as `statusTracker` shows it. */
export interface ExecutorStatus {
  readonly executorId: string;
  readonly host: string;
  readonly slots: number;
  readonly runningTasks: number;
}

/** Memory for blocks and shuffle output of an executor. */
export interface ExecutorMemory {
  readonly executorId: string;
  readonly totalBytes: number;
  /** As of the last heartbeat. */
  readonly usedBytes: number;
}

/** How much of a persisted RDD is stored. */
export interface StorageStatus {
  readonly rddId: number;
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** How large the output of a map stage is. */
export interface MapOutputStatistics {
  readonly shuffleId: number;
  /** Encoded bytes that each reducer reads. */
  readonly bytesByPartitionId: readonly number[];
  /** The same by map partition, then by reducer, for a shuffle of few chunks; absent for others. */
  readonly bytesByMap?: readonly (readonly number[])[];
}
