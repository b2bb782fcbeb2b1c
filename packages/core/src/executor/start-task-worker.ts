import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { threadFlags } from "@vonk/common/internal";
import type { TaskThreadStart } from "../message/thread-message.ts";
import { workerURLs } from "./worker-url.ts";

/** Words of a thread's control block; see `threadWords`. */
const controlWords = 16;

/** The part of a worker that the control thread uses; the simulator has its own. */
export type TaskWorkerThread = Pick<Worker, "on" | "postMessage" | "terminate" | "getHeapStatistics">;

/** The part of the port for a task's requests that the control thread uses. */
export type TaskWorkerPort = Pick<MessagePort, "on" | "postMessage" | "unref">;

/** A started task thread, before anyone listens to it. */
export interface TaskWorker {
  readonly number: number;
  readonly worker: TaskWorkerThread;
  readonly control: TaskWorkerPort;
  readonly words: Int32Array<SharedArrayBuffer>;
}

/** Starts task threads. */
export type StartTaskWorker = typeof startTaskWorker;

/**
 * Starts a task thread. In a file of its own, with nothing else to load: a thread takes some 60 ms to start,
 * and the service thread starts them before it loads itself.
 */
export function startTaskWorker(
  number: number,
  start: Pick<TaskThreadStart, "settings" | "segment">,
  heapHardLimitMiB: number,
): TaskWorker {
  const words = new Int32Array(new SharedArrayBuffer(4 * controlWords));
  const channel = new MessageChannel();
  const workerData: TaskThreadStart = { ...start, thread: number, controlPort: channel.port2, words: words.buffer };
  const worker = new Worker(workerURLs.taskThread, {
    ...threadFlags(),
    workerData,
    transferList: [channel.port2],
    name: `vonk-task-${number - 2}`,
    resourceLimits: { maxOldGenerationSizeMb: heapHardLimitMiB },
  });
  worker.unref();
  return { number, worker, control: channel.port1, words };
}
