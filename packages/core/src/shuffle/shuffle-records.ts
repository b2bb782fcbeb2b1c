import type { TaskRuntime } from "../executor/task-runtime.ts";

/**
 * All records of one reducer of a shuffle that a library's function names in `reads`: for data that every task may need and few read.
 * @throws FetchFailure when an output is gone; it is made again and the task is tried again
 */
export function* shuffleRecords(task: TaskRuntime, shuffleId: number, reducer: number): Generator<unknown> {
  for (const block of task.executor.shuffles.read(shuffleId, reducer, task)) yield* block.decodeRange(0, block.count);
}
