import type { TaskReport } from "../message/task-result.ts";

/** What is to be freed once the tasks that were running at the time have ended: they may still read it. */
export class DeferredFrees {
  readonly #waiting = new Set<{ readonly taskIds: Set<number>; readonly free: () => void }>();

  /** Runs `free` once none of the running tasks is left; at once when there is none. */
  add(running: Iterable<number>, free: () => void): void {
    const taskIds = new Set(running);
    if (taskIds.size === 0) free();
    else this.#waiting.add({ taskIds, free });
  }

  tasksEnded(reports: readonly TaskReport[]): void {
    for (const waiting of this.#waiting) {
      for (const report of reports) waiting.taskIds.delete(report.taskId);
      if (waiting.taskIds.size > 0) continue;
      this.#waiting.delete(waiting);
      waiting.free();
    }
  }
}
