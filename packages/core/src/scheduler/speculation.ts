/** When a task counts as slow. */
export interface SpeculationOptions {
  /** `spark.speculation.interval` */
  readonly intervalMs: number;
  /** `spark.speculation.multiplier` */
  readonly multiplier: number;
  /** `spark.speculation.quantile` */
  readonly quantile: number;
  /** `spark.speculation.minTaskRuntime` */
  readonly minTaskRuntimeMs: number;
  /** `spark.speculation.task.duration.threshold`; absent when not set. */
  readonly durationThresholdMs?: number;
}

/**
 * Knows how long the tasks of a set take, and which of those that run take too long: more than `multiplier` times the median, once
 * `quantile` of them are done. Pure state.
 * @see Spark's core/scheduler/TaskSetManager.scala, checkSpeculatableTasks
 */
export class SpeculationWatch {
  readonly #options: SpeculationOptions;
  readonly #taskCount: number;
  readonly #startedMs = new Map<number, number>();
  readonly #durationsMs: number[] = [];
  #median: { readonly of: number; readonly ms: number } | undefined;

  constructor(options: SpeculationOptions, taskCount: number) {
    this.#options = options;
    this.#taskCount = taskCount;
  }

  started(taskId: number, nowMs: number): void {
    this.#startedMs.set(taskId, nowMs);
  }

  ended(taskId: number, nowMs: number, succeeded: boolean): void {
    const startedMs = this.#startedMs.get(taskId);
    this.#startedMs.delete(taskId);
    if (succeeded && startedMs !== undefined) this.#durationsMs.push(nowMs - startedMs);
  }

  /** @param slots tasks that one executor runs at once: a set that fits into one may have a fixed threshold */
  slow(nowMs: number, slots: number): number[] {
    const thresholdMs = this.#thresholdMs(slots);
    if (thresholdMs === undefined) return [];
    return [...this.#startedMs].filter(([, startedMs]) => nowMs - startedMs > thresholdMs).map(([taskId]) => taskId);
  }

  #thresholdMs(slots: number): number | undefined {
    const { quantile, multiplier, minTaskRuntimeMs, durationThresholdMs } = this.#options;
    if (this.#taskCount === 1 && durationThresholdMs === undefined) return undefined;
    const wanted = Math.max(Math.floor(quantile * this.#taskCount), 1);
    if (this.#durationsMs.length >= wanted) return Math.max(multiplier * this.#medianMs(), minTaskRuntimeMs);
    return this.#taskCount <= slots ? durationThresholdMs : undefined;
  }

  /** Sorted only when something was added since: this is asked for again and again while the last tasks run. */
  #medianMs(): number {
    const count = this.#durationsMs.length;
    if (this.#median?.of !== count) {
      const sorted = Float64Array.from(this.#durationsMs).toSorted();
      const upper = sorted[count >> 1] ?? 0;
      this.#median = { of: count, ms: count % 2 === 1 ? upper : (upper + (sorted[(count >> 1) - 1] ?? 0)) / 2 };
    }
    return this.#median.ms;
  }
}
