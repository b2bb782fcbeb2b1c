import type { ExecutorRuntime } from "./executor-runtime.ts";

let runtime: ExecutorRuntime | undefined;

/** Marks this thread as a task thread. For the executor. */
export function setTaskRuntime(value: ExecutorRuntime | undefined): void {
  runtime = value;
}

/** The runtime of this task thread, or undefined on every other thread. */
export function taskRuntime(): ExecutorRuntime | undefined {
  return runtime;
}
