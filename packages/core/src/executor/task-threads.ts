import type { SegmentHandle } from "@vonk/columnar/internal";
import type { Clock, Timer } from "@vonk/common/internal";
import type { FromTaskThread, ToTaskThread } from "../message/thread-message.ts";
import type { ControlMessage } from "./control-channel.ts";
import type { ExecutorSettings } from "./executor-runtime.ts";
import type { StartTaskWorker, TaskWorker } from "./start-task-worker.ts";
import { TaskThreadHandle } from "./task-thread-handle.ts";

/** What {@link TaskThreads} works with. */
export interface TaskThreadsOptions {
  readonly clock: Clock;
  readonly settings: ExecutorSettings;
  readonly segment: SegmentHandle;
  readonly heapHardLimitMiB: number;
  readonly startTaskWorker: StartTaskWorker;
  readonly onMessage: (message: FromTaskThread, thread: TaskThreadHandle) => void;
  readonly onControl: (message: ControlMessage, thread: TaskThreadHandle) => void;
  /** A thread is gone; another of its number is about to take its place. */
  readonly onExit: (thread: TaskThreadHandle) => void;
  /** The other is there. */
  readonly onReplaced: (gone: TaskThreadHandle, reason: string) => void;
}

/** Number of an executor's first task thread in its process: 0 is the user's, 1 the control thread's. */
export const firstTaskThread = 2;

/** How often the heaps of busy threads are looked at from outside. */
const heapPollMs = 250;

/** A thread that is stopped waits this long for its output to be taken. */
const flushLimitMs = 1000;

/** The task threads of an executor, as many as it has slots: one that ends is replaced. */
export class TaskThreads {
  readonly #options: TaskThreadsOptions;
  readonly #threads: TaskThreadHandle[] = [];
  #heapTimer: Timer | undefined;
  #stopped = false;

  constructor(options: TaskThreadsOptions) {
    this.#options = options;
  }

  /** Takes over threads that were started already and starts those that are missing. */
  start(count: number, started: readonly TaskWorker[]): void {
    for (let index = 0; index < count; index++) this.#threads.push(this.#adopt(started[index] ?? this.#newWorker(index + firstTaskThread)));
  }

  get all(): readonly TaskThreadHandle[] {
    return this.#threads;
  }

  tell(message: ToTaskThread): null {
    for (const thread of this.#threads) thread.post(message);
    return null;
  }

  /** A user function that allocates without ever reaching the end of a batch is seen from here, for as long as `isBusy`. */
  watchHeaps(isBusy: () => boolean): void {
    if (this.#heapTimer !== undefined || this.#stopped) return;
    this.#heapTimer = this.#options.clock.schedule(heapPollMs, () => {
      this.#heapTimer = undefined;
      if (!isBusy()) return;
      for (const thread of this.#threads) if (!thread.isIdle) void this.#checkHeap(thread);
      this.watchHeaps(isBusy);
    });
  }

  /** Ends all, whatever they do; what tasks that have ended have printed comes out first. */
  async terminate(): Promise<void> {
    this.#stopped = true;
    this.#heapTimer?.cancel();
    await this.#flushOutput();
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  async #flushOutput(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.schedule(flushLimitMs, late.resolve);
    // Not those that are idle: a task's report reaches the driver before the thread says that its run is over, and the driver may stop at once.
    const flushed = this.#threads.filter((thread) => thread.runningTask === undefined).map((thread) => thread.flushOutput());
    await Promise.race([Promise.all(flushed), late.promise]);
    timer.cancel();
  }

  async #checkHeap(thread: TaskThreadHandle): Promise<void> {
    const used = await thread.heapBytes();
    const { heapLimitBytes } = this.#options.settings;
    if (used > heapLimitBytes * 1.25)
      thread.end(`heap of ${Math.round(used / 2 ** 20)} MiB, limit ${Math.round(heapLimitBytes / 2 ** 20)} MiB`, true);
  }

  #newWorker(number: number): TaskWorker {
    const { settings, segment, heapHardLimitMiB, startTaskWorker } = this.#options;
    return startTaskWorker(number, { settings, segment }, heapHardLimitMiB);
  }

  #adopt(worker: TaskWorker): TaskThreadHandle {
    const { settings, onMessage, onControl } = this.#options;
    return new TaskThreadHandle(worker, {
      heapLimitBytes: settings.heapLimitBytes,
      onMessage,
      onControl,
      onExit: (thread, reason) => this.#ended(thread, reason),
    });
  }

  #ended(thread: TaskThreadHandle, reason: string): void {
    if (this.#stopped) return;
    this.#options.onExit(thread);
    const place = this.#threads.indexOf(thread);
    if (place >= 0) this.#threads[place] = this.#adopt(this.#newWorker(thread.number));
    this.#options.onReplaced(thread, reason);
  }
}
