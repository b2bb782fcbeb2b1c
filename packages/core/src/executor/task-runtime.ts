import type { TaskContext } from "./task-context.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";

/** What a running task has at hand. */
export interface TaskRuntime {
  readonly context: TaskContext;
  readonly executor: ExecutorRuntime;
  /** Output of async steps, by computation and partition; read once. */
  readonly prepared: Map<string, Iterable<unknown[]>>;
  /**
   * Called for every batch: ends the task when it was killed or its heap is over the limit.
   * @throws TASK_KILLED
   * @throws TASK_HEAP_EXCEEDED
   */
  checkpoint(): void;
}
