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
  /** Absent when being slow is enough, however much was read. */
  readonly efficiency?: EfficiencyOptions;
}

/** When a slow task is worth a second attempt: not when it only has more to read than the others. */
export interface EfficiencyOptions {
  /** `spark.speculation.efficiency.processRateMultiplier`: share of the mean rate of those that are done, below which it is. */
  readonly processRateMultiplier: number;
  /** `spark.speculation.efficiency.longRunTaskFactor`: how many times slower than slow it is whatever its rate. */
  readonly longRunTaskFactor: number;
}

/**
 * Knows how long the tasks of a set take, and which of those that run take too long: more than `multiplier` times the median, once
 * `quantile` of them are done. With `efficiency`, one that reads its records as fast as those that are done may take longer. Pure state.
 * @see Spark's core/scheduler/TaskSetManager.scala, checkSpeculatableTasks
 */
export class SpeculationWatch {
  readonly #options: SpeculationOptions;
  readonly #taskCount: number;
  readonly #startedMs = new Map<number, number>();
  readonly #durationsMs: number[] = [];
  /** Records a millisecond that running tasks had read when they last told. */
  readonly #rates = new Map<number, number>();
  /** Of tasks that have succeeded. */
  #recordsRead = 0;
  #runMs = 0;
  #median: { readonly of: number; readonly ms: number } | undefined;

  constructor(options: SpeculationOptions, taskCount: number) {
    this.#options = options;
    this.#taskCount = taskCount;
  }

  started(taskId: number, nowMs: number): void {
    this.#startedMs.set(taskId, nowMs);
  }

  /** A running task has read so many records since its start. */
  progressed(taskId: number, recordsRead: number, nowMs: number): void {
    const startedMs = this.#startedMs.get(taskId);
    if (startedMs !== undefined && nowMs > startedMs) this.#rates.set(taskId, recordsRead / (nowMs - startedMs));
  }

  ended(taskId: number, nowMs: number, succeeded: boolean, recordsRead = 0): void {
    const startedMs = this.#startedMs.get(taskId);
    this.#startedMs.delete(taskId);
    this.#rates.delete(taskId);
    if (!succeeded || startedMs === undefined) return;
    this.#durationsMs.push(nowMs - startedMs);
    this.#recordsRead += recordsRead;
    this.#runMs += nowMs - startedMs;
  }

  /** @param slots tasks that one executor runs at once: a set that fits into one may have a fixed threshold */
  slow(nowMs: number, slots: number): number[] {
    const { quantile, multiplier, minTaskRuntimeMs, durationThresholdMs } = this.#options;
    if (this.#taskCount === 1 && durationThresholdMs === undefined) return [];
    const wanted = Math.max(Math.floor(quantile * this.#taskCount), 1);
    if (this.#durationsMs.length >= wanted) {
      const thresholdMs = Math.max(multiplier * this.#medianMs(), minTaskRuntimeMs);
      return this.#longerThan(thresholdMs, nowMs).filter((taskId) => this.#isInefficient(taskId, thresholdMs, nowMs));
    }
    return this.#taskCount <= slots && durationThresholdMs !== undefined ? this.#longerThan(durationThresholdMs, nowMs) : [];
  }

  #longerThan(thresholdMs: number, nowMs: number): number[] {
    return [...this.#startedMs].filter(([, startedMs]) => nowMs - startedMs > thresholdMs).map(([taskId]) => taskId);
  }

  /** A task that has not told of any record counts as one that has read none. */
  #isInefficient(taskId: number, thresholdMs: number, nowMs: number): boolean {
    const { efficiency } = this.#options;
    if (efficiency === undefined) return true;
    const ranMs = nowMs - (this.#startedMs.get(taskId) ?? nowMs);
    if (ranMs > efficiency.longRunTaskFactor * thresholdMs) return true;
    const mean = this.#runMs === 0 ? 0 : this.#recordsRead / this.#runMs;
    return (this.#rates.get(taskId) ?? 0) < mean * efficiency.processRateMultiplier;
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
