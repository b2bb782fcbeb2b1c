import { taskCpusProperty } from "../scheduler/executor-slots.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { TaskMetrics } from "../message/task-result.ts";
import { emptyTaskMetrics } from "../message/task-result.ts";

let current: TaskContext | undefined;

/** What a task may know and ask about itself; `TaskContext.get()` gives the running one inside user functions. */
export class TaskContext {
  readonly #task: TaskIdentity;
  readonly #properties: Readonly<Record<string, string>>;
  readonly #completionListeners: ((context: TaskContext) => void)[] = [];
  readonly #failureListeners: ((context: TaskContext, error: unknown) => void)[] = [];
  readonly #isKilled: () => boolean;
  readonly metrics: TaskMetrics = emptyTaskMetrics();
  #state: "running" | "completed" | "failed" = "running";

  constructor(task: TaskIdentity, properties: Readonly<Record<string, string>>, isKilled: () => boolean) {
    this.#task = task;
    this.#properties = properties;
    this.#isKilled = isKilled;
  }

  /** The context of the task that runs on this thread, or undefined outside tasks (as on the driver). */
  static get(): TaskContext | undefined {
    return current;
  }

  /** The partition that the running task computes, or 0 outside tasks. */
  static getPartitionId(): number {
    return current?.partitionId() ?? 0;
  }

  /** Makes `context` the thread's running one. For the executor. */
  static setCurrent(context: TaskContext | undefined): void {
    current = context;
  }

  partitionId(): number {
    return this.#task.partition;
  }

  stageId(): number {
    return this.#task.stageId;
  }

  stageAttemptNumber(): number {
    return this.#task.stageAttempt;
  }

  /** How often this partition was tried before within the stage attempt. */
  attemptNumber(): number {
    return this.#task.attempt;
  }

  /** A number that no other task attempt of the application has. */
  taskAttemptId(): number {
    return this.#task.taskId;
  }

  executorId(): string {
    return this.#task.executorId;
  }

  /** Cores that the task has: those of its stage's resource profile, or `spark.task.cpus`. */
  cpus(): number {
    return Number(this.#properties[taskCpusProperty] ?? 1);
  }

  getLocalProperty(key: string): string | undefined {
    return this.#properties[key];
  }

  isInterrupted(): boolean {
    return this.#isKilled();
  }

  isCompleted(): boolean {
    return this.#state !== "running";
  }

  isFailed(): boolean {
    return this.#state === "failed";
  }

  taskMetrics(): Readonly<TaskMetrics> {
    return this.metrics;
  }

  /** Calls `listener` when the task ends, whether it succeeded or not; the last added is called first. */
  addTaskCompletionListener(listener: (context: TaskContext) => void): this {
    this.#completionListeners.push(listener);
    return this;
  }

  /** Calls `listener` when the task fails. */
  addTaskFailureListener(listener: (context: TaskContext, error: unknown) => void): this {
    this.#failureListeners.push(listener);
    return this;
  }

  /**
   * Marks the end and calls every listener once, also when one of them throws; the first such error is thrown at the end.
   * A task that succeeded fails when a completion listener does. For the executor.
   * @param failure present when the task failed; what it threw may be undefined
   */
  complete(failure?: { readonly error: unknown }): void {
    this.#state = failure === undefined ? "completed" : "failed";
    const thrown: { readonly error: unknown }[] = [];
    const call = (listener: () => void): void => {
      try {
        listener();
      } catch (error) {
        thrown.push({ error });
      }
    };
    if (failure !== undefined) for (const listener of drained(this.#failureListeners)) call(() => listener(this, failure.error));
    for (const listener of drained(this.#completionListeners)) call(() => listener(this));
    const [first] = thrown;
    if (first !== undefined) throw first.error;
  }
}

/** The listeners, the last added first; none is left to be called again. */
function drained<L>(listeners: L[]): L[] {
  return listeners.splice(0).toReversed();
}
