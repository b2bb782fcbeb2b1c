import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BatchIterator } from "./computation.ts";

/** A value, or none: of no records, with nothing to start from. */
export type Folded = readonly [has: boolean, value: unknown];

/** All records folded into a start value, or into the first of them when there is none. */
export function foldBatches(batches: BatchIterator, start: Folded, func: (a: unknown, b: unknown) => unknown, task: TaskRuntime): Folded {
  let [has, value] = start;
  for (const batch of batches) {
    let at = 0;
    if (!has && batch.length > 0) {
      has = true;
      value = batch[at++];
    }
    for (; at < batch.length; at++) value = func(value, batch[at]);
    task.checkpoint();
  }
  return [has, value];
}

/** The value that travels encoded in a plan, so that each task starts from a copy of its own. */
export function startFrom(zero: Uint8Array | undefined, task: TaskRuntime): Folded {
  return zero === undefined ? [false, undefined] : [true, task.executor.codec.open(zero).decode()[0]];
}
