import { assert } from "@vonk/common/internal";
import { taskRuntime } from "@vonk/core/internal";
import { ThreadPipeline } from "../pipeline/thread-pipeline.ts";

/** Pipelines of this thread that no task uses at the moment. */
const idle: ThreadPipeline[] = [];

/**
 * What `use` gives with a pipeline on the executor's segment, which is its alone until it ends. A task needs more than one when what it reads is
 * computed in the same task: rows that are to be kept, but are not yet.
 */
export function* withPipeline<T>(use: (pipeline: ThreadPipeline) => Iterable<T>): Generator<T> {
  const pipeline = idle.pop() ?? newPipeline();
  try {
    yield* use(pipeline);
  } finally {
    idle.push(pipeline);
  }
}

function newPipeline(): ThreadPipeline {
  const runtime = taskRuntime();
  assert(runtime !== undefined, "pipelines run in task threads");
  const { allocator, control } = runtime;
  const makeRoom = (bytes: number): boolean => control.call("makeRoom", { bytes, forStorage: false, rddId: -1 });
  return new ThreadPipeline({ memory: allocator.memory, allocator, makeRoom }, control.call("blockTag", {}));
}
