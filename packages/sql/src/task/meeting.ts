import { QueryMemory } from "../pipeline/task-memory.ts";
import { meetingBytes, type Block, type MeetingPlace } from "../pipeline/stage-plan.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";

/** Bytes before a text: how long it is. */
const headerBytes = 4;
/** Words of a meeting place: how many tasks came, which was the last (its number and 1), then where each has left its blocks. */
const cameWord = 0;
const lastWord = 1;
const placesWord = 2;

/**
 * Leaves a task's blocks where the others of its stage find them, without a message: the blocks of all, in the order of the tasks, for the one that comes
 * last, undefined for the others. A task that runs again leaves its blocks again; when all were there before, only the one that was the last then gets
 * those of all, so that what is made of them is there once.
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
  const shared = new Int32Array(bytes.buffer, words, meetingBytes(tasks) / 4);
  const isNew = Atomics.exchange(shared, placesWord + task, at) === 0;
  if ((isNew ? Atomics.add(shared, cameWord, 1) + 1 : Atomics.load(shared, cameWord)) < tasks) return undefined;
  const last = Atomics.compareExchange(shared, lastWord, 0, task + 1);
  if (last !== 0 && last !== task + 1) return undefined;
  return Array.from({ length: tasks }, (_, index) => blocksAt(Atomics.load(shared, placesWord + index) >>> 0, pipeline)).flat();
}

function blocksAt(at: number, { views: { bytes, view } }: ThreadPipeline): Block[] {
  const start = at + headerBytes;
  // A decoder takes no shared memory.
  const text = Buffer.from(bytes.slice(start, start + view.getUint32(at, true)));
  return JSON.parse(text.toString()) as Block[];
}
