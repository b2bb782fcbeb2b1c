import { QueryMemory } from "../pipeline/task-memory.ts";
import type { Block, MeetingPlace } from "../pipeline/stage-plan.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";

/** Bytes before a text: how long it is. */
const headerBytes = 4;

/**
 * Leaves a task's blocks where the others of its stage find them, without a message: the blocks of all, in the order of the tasks, for the one that comes
 * last, undefined for the others. A task that runs again leaves its blocks again, and is the last when all others were there.
 * @param tag owner of what is left
 * @throws PIPELINE_MEMORY_EXCEEDED
 */
export function blocksOfAll(
  { tasks, words }: MeetingPlace,
  task: number,
  own: readonly Block[],
  pipeline: ThreadPipeline,
  tag: number,
): Block[] | undefined {
  const { bytes, view } = pipeline.views;
  const text = Buffer.from(JSON.stringify(own));
  const at = new QueryMemory(pipeline.access, tag).allocate(headerBytes + text.length);
  view.setUint32(at, text.length, true);
  bytes.set(text, at + headerBytes);
  // The first word counts the tasks that came, each of the others has where one left its blocks.
  const places = new Int32Array(bytes.buffer, words, tasks + 1);
  const isNew = Atomics.exchange(places, task + 1, at) === 0;
  const came = isNew ? Atomics.add(places, 0, 1) + 1 : Atomics.load(places, 0);
  if (came < tasks) return undefined;
  return Array.from({ length: tasks }, (_, index) => blocksAt(Atomics.load(places, index + 1) >>> 0, pipeline)).flat();
}

function blocksAt(at: number, { views: { bytes, view } }: ThreadPipeline): Block[] {
  const start = at + headerBytes;
  // A decoder takes no shared memory.
  const text = Buffer.from(bytes.slice(start, start + view.getUint32(at, true)));
  return JSON.parse(text.toString()) as Block[];
}
