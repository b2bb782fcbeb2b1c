import type { ExcludeOnFailureOptions } from "./exclude-options.ts";
import type { SchedulingFact } from "./scheduling-fact.ts";

/** What failed on one executor, for one task set. */
export interface ExecutorFailures {
  readonly host: string;
  /** How often each task failed there, by partition, and when last. */
  readonly tasks: Map<number, { readonly count: number; readonly lastMs: number }>;
}

/**
 * Which executors and hosts a task set avoids, as a whole and for single tasks. Pure state.
 * @see Spark's core/scheduler/TaskSetExcludelist.scala
 */
export class TaskSetExcludeList {
  readonly #options: ExcludeOnFailureOptions;
  readonly #stage: { readonly stageId: number; readonly stageAttempt: number };
  readonly #failures = new Map<string, ExecutorFailures>();
  readonly #executors = new Set<string>();
  readonly #hosts = new Set<string>();

  constructor(options: ExcludeOnFailureOptions, stage: { readonly stageId: number; readonly stageAttempt: number }) {
    this.#options = options;
    const { stageId, stageAttempt } = stage;
    this.#stage = { stageId, stageAttempt };
  }

  /** By executor; for the application's own list once the set has succeeded. */
  get failures(): ReadonlyMap<string, ExecutorFailures> {
    return this.#failures;
  }

  /** Notes a failure that counts against the task; what that excludes. */
  failed(executorId: string, host: string, partition: number, nowMs: number): SchedulingFact[] {
    const own = this.#failures.get(executorId) ?? { host, tasks: new Map() };
    this.#failures.set(executorId, own);
    own.tasks.set(partition, { count: (own.tasks.get(partition)?.count ?? 0) + 1, lastMs: nowMs });
    const taskFailures = own.tasks.size;
    if (taskFailures < this.#options.stageTasksPerExecutorMax || this.#executors.has(executorId)) return [];
    this.#executors.add(executorId);
    const facts: SchedulingFact[] = [{ kind: "ExecutorExcludedForStage", executorId, taskFailures, ...this.#stage }];
    const executorFailures = [...this.#executors].filter((other) => this.#failures.get(other)?.host === host).length;
    if (executorFailures >= this.#options.stageExecutorsPerNodeMax && !this.#hosts.has(host)) {
      this.#hosts.add(host);
      facts.push({ kind: "NodeExcludedForStage", host, executorFailures, ...this.#stage });
    }
    return facts;
  }

  /** True when the whole set avoids the executor. */
  isExcluded(executorId: string, host: string): boolean {
    return this.#executors.has(executorId) || this.#hosts.has(host);
  }

  /** True when some task may avoid the executor, so that {@link isExcludedFor} has to be asked for each. */
  hasFailuresOn(executorId: string, host: string): boolean {
    return this.#failures.has(executorId) || [...this.#failures.values()].some((each) => each.host === host);
  }

  /** True when one task avoids the executor. */
  isExcludedFor(executorId: string, host: string, partition: number): boolean {
    const { taskAttemptsPerExecutorMax, taskAttemptsPerNodeMax } = this.#options;
    if ((this.#failures.get(executorId)?.tasks.get(partition)?.count ?? 0) >= taskAttemptsPerExecutorMax) return true;
    let onHost = 0;
    for (const each of this.#failures.values()) if (each.host === host) onHost += each.tasks.get(partition)?.count ?? 0;
    return onHost >= taskAttemptsPerNodeMax;
  }
}
