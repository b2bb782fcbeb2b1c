import { KeyIndex } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { Batch, BatchIterator } from "./computation.ts";

/**
 * The first of equal records of a partition as `[record, null]`. Before a shuffle this drops most repeats; when the heap runs
 * short what was seen is forgotten, so equal records may still come twice and the reduce side has the last word.
 */
export function* distinctBatches(batches: BatchIterator, _partition: number, _args: unknown, task: TaskRuntime): BatchIterator {
  let seen = new KeyIndex();
  let slots = new Int32Array(0);
  for (const batch of batches) {
    if (slots.length < batch.length) slots = new Int32Array(batch.length);
    let known = seen.size;
    seen.slots(batch, slots);
    const fresh: Batch = [];
    for (let at = 0; at < batch.length; at++) {
      if ((slots[at] ?? 0) < known) continue;
      fresh.push([batch[at], null]);
      known++;
    }
    yield fresh;
    if (seen.size > 65_536 && task.executor.heap.shouldSpill) seen = new KeyIndex();
  }
}
