import type { TaskContext } from "./task-context.ts";
import type { HandedBlock } from "./handed-blocks.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";

/** What a running task has at hand. */
export interface TaskRuntime {
  readonly context: TaskContext;
  readonly executor: ExecutorRuntime;
  /** Output of async steps, by computation and partition; read once. */
  readonly prepared: Map<string, Iterable<unknown[]>>;
  /** Cached partitions that came along with the task; each is taken out when it is read. */
  readonly handed: HandedBlock[];
  /**
   * Called for every batch: ends the task when it was killed or its heap is over the limit.
   * @throws TASK_KILLED
   * @throws TASK_HEAP_EXCEEDED
   */
  checkpoint(): void;
}
