import type { ExcludeOnFailureOptions } from "./exclude-options.ts";
import type { SchedulingFact } from "./scheduling-fact.ts";
import type { ExecutorFailures } from "./task-set-exclude-list.ts";

interface ExcludedExecutor {
  readonly host: string;
  readonly untilMs: number;
}

/**
 * Which executors and hosts the application avoids, and for how long. Pure state.
 *
 * Failures of a task set count once it has succeeded: until then the tasks themselves may be to blame. They are forgotten, and
 * exclusions end, after `timeoutMs`.
 * @see Spark's core/scheduler/HealthTracker.scala
 */
export class HealthTracker {
  readonly #options: ExcludeOnFailureOptions;
  /** Executor → task (stage, attempt, partition) → when its failure is forgotten. */
  readonly #failures = new Map<string, Map<string, number>>();
  readonly #executors = new Map<string, ExcludedExecutor>();
  readonly #hosts = new Map<string, number>();

  constructor(options: ExcludeOnFailureOptions) {
    this.#options = options;
  }

  isExcluded(executorId: string, host: string): boolean {
    return this.#executors.has(executorId) || this.#hosts.has(host);
  }

  /** When the next exclusion ends; infinite when there is none. */
  get nextExpiryMs(): number {
    return Math.min(...[...this.#executors.values()].map(({ untilMs }) => untilMs), ...this.#hosts.values());
  }

  /** A task set has succeeded in spite of these failures; what that excludes. */
  taskSetSucceeded(set: string, failures: ReadonlyMap<string, ExecutorFailures>, nowMs: number): SchedulingFact[] {
    return [...failures].flatMap(([executorId, { host, tasks }]) => {
      const known = this.#failures.get(executorId) ?? new Map<string, number>();
      for (const [partition, { lastMs }] of tasks) known.set(`${set}.${partition}`, lastMs + this.#options.timeoutMs);
      for (const [task, untilMs] of known) if (untilMs < nowMs) known.delete(task);
      this.#failures.set(executorId, known);
      return known.size < this.#options.applicationTasksPerExecutorMax ? [] : this.#exclude(executorId, host, known.size, nowMs);
    });
  }

  /** An executor's map output could not be read; what that excludes. */
  fetchFailed(executorId: string, host: string, nowMs: number): SchedulingFact[] {
    return this.#options.onFetchFailure ? this.#exclude(executorId, host, 1, nowMs) : [];
  }

  #exclude(executorId: string, host: string, taskFailures: number, nowMs: number): SchedulingFact[] {
    if (this.#executors.has(executorId)) return [];
    const untilMs = nowMs + this.#options.timeoutMs;
    this.#executors.set(executorId, { host, untilMs });
    this.#failures.delete(executorId);
    const facts: SchedulingFact[] = [{ kind: "ExecutorExcluded", executorId, taskFailures }];
    const executorFailures = [...this.#executors.values()].filter((other) => other.host === host).length;
    if (executorFailures >= this.#options.applicationExecutorsPerNodeMax && !this.#hosts.has(host)) {
      this.#hosts.set(host, untilMs);
      facts.push({ kind: "NodeExcluded", host, executorFailures });
    }
    return facts;
  }

  /** Ends the exclusions whose time is over. */
  expire(nowMs: number): SchedulingFact[] {
    const facts: SchedulingFact[] = [];
    for (const [executorId, { untilMs }] of this.#executors) {
      if (untilMs > nowMs) continue;
      this.#executors.delete(executorId);
      facts.push({ kind: "ExecutorUnexcluded", executorId });
    }
    for (const [host, untilMs] of this.#hosts) {
      if (untilMs > nowMs) continue;
      this.#hosts.delete(host);
      facts.push({ kind: "NodeUnexcluded", host });
    }
    return facts;
  }

  /** Forgets the failures of an executor that is gone. Its exclusion stays: it counts for its host. */
  executorLost(executorId: string): void {
    this.#failures.delete(executorId);
  }
}
