import { assert } from "@vonk/common/internal";
import { QueryMemory } from "../pipeline/task-memory.ts";
import { meetingBytes, type Block, type MeetingPlace } from "../pipeline/stage-plan.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";

/** Bytes before a text: how long it is. */
const headerBytes = 4;
/** Words of a meeting place: which task was the last (its number and 1), then where each has left its blocks. */
const lastWord = 0;
const placesWord = 1;
/** How long a task that runs again waits for the last one to say so, which it does at once. */
const lastWaitMs = 10_000;

/**
 * Leaves a task's blocks where the others of its stage find them, without a message: the blocks of all, in the order of the tasks, for the one that comes
 * last, undefined for the others. A task that runs again leaves its blocks again; when all were there before, only the one that was the last then gets
 * those of all, so that what is made of them is there once. The last is one whose blocks nobody had left before: another attempt of it, or another job that
 * reads the same, has yet to come here and finds its number.
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
  const places = Array.from({ length: tasks }, (_, index) => Atomics.load(shared, placesWord + index) >>> 0);
  if (places.includes(0)) return undefined;
  if (isNew && Atomics.compareExchange(shared, lastWord, 0, task + 1) === 0) Atomics.notify(shared, lastWord);
  else Atomics.wait(shared, lastWord, 0, lastWaitMs);
  const last = Atomics.load(shared, lastWord);
  assert(last !== 0, "the last task says that it is the last");
  return last === task + 1 ? places.flatMap((place) => blocksAt(place, pipeline)) : undefined;
}

function blocksAt(at: number, { views: { bytes, view } }: ThreadPipeline): Block[] {
  const start = at + headerBytes;
  // A decoder takes no shared memory.
  const text = Buffer.from(bytes.slice(start, start + view.getUint32(at, true)));
  return JSON.parse(text.toString()) as Block[];
}
