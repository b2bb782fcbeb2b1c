/** Limits of `spark.excludeOnFailure`: at each of them, somebody gets no more tasks. */
export interface ExcludeOnFailureOptions {
  readonly taskAttemptsPerExecutorMax: number;
  readonly taskAttemptsPerNodeMax: number;
  readonly stageTasksPerExecutorMax: number;
  readonly stageExecutorsPerNodeMax: number;
  readonly applicationTasksPerExecutorMax: number;
  readonly applicationExecutorsPerNodeMax: number;
  /** An executor whose map output cannot be read is excluded for the application at once. */
  readonly onFetchFailure: boolean;
  /** How long the application keeps its exclusions, and counts failures. */
  readonly timeoutMs: number;
  /** Executors that the application excludes are ended. */
  readonly killsExcluded: boolean;
  /** How long a task that may run nowhere waits for a new executor; absent where no new one can come. */
  readonly unschedulableTimeoutMs?: number;
}
