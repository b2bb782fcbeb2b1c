import type { TaskProgress } from "../message/task-result.ts";
import type { FromTaskThread, StageDefinition, ToTaskThread } from "../message/thread-message.ts";
import { type ControlMessage, type ControlReply, threadWords } from "./control-channel.ts";
import type { TaskWorker, TaskWorkerPort, TaskWorkerThread } from "./start-task-worker.ts";

/** Stages that a thread keeps. */
const stagesMax = 64;

/** The tasks of a message. */
export type StageWork = Pick<Extract<ToTaskThread, { kind: "run" }>, "tasks" | "claims" | "blocks">;

/** How a control thread hears from a task thread. */
export interface TaskThreadOptions {
  readonly heapLimitBytes: number;
  readonly onMessage: (message: FromTaskThread, thread: TaskThreadHandle) => void;
  readonly onControl: (message: ControlMessage, thread: TaskThreadHandle) => void;
  readonly onExit: (thread: TaskThreadHandle, reason: string) => void;
}

/** The control thread's side of one task thread. */
export class TaskThreadHandle {
  readonly number: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly heapLimitBytes: number;
  readonly #worker: TaskWorkerThread;
  readonly #control: TaskWorkerPort;
  readonly #stages = new Set<string>();
  /** Runs sent and not yet answered by an idle report. */
  #outstanding = 0;
  #endReason = "it exited by itself";
  readonly #outputFlushed = Promise.withResolvers<void>();
  endedByHeap = false;
  /** What {@link heapBytes} last gave. */
  lastHeapBytes = 0;

  constructor(started: TaskWorker, options: TaskThreadOptions) {
    this.number = started.number;
    this.heapLimitBytes = options.heapLimitBytes;
    this.words = started.words;
    this.#control = started.control;
    this.#worker = started.worker;
    this.#control.on("message", (message: ControlMessage) => options.onControl(message, this));
    this.#control.unref();
    this.#worker.on("message", (message: FromTaskThread) => {
      if (message.kind === "outputFlushed") this.#outputFlushed.resolve();
      else options.onMessage(message, this);
    });
    this.#worker.on("error", (error: Error & { code?: string }) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") this.endedByHeap = true;
      this.#endReason = error.message;
    });
    this.#worker.on("exit", () => {
      this.#outputFlushed.resolve();
      options.onExit(this, this.#endReason);
    });
  }

  get isIdle(): boolean {
    return this.#outstanding === 0;
  }

  /** The task that the thread runs now. */
  get runningTask(): number | undefined {
    const word = Atomics.load(this.words, threadWords.running);
    return word === 0 ? undefined : word - 1;
  }

  /** How far that task is, as of its last batch. */
  get progress(): TaskProgress | undefined {
    const taskId = this.runningTask;
    const recordsRead = Atomics.load(this.words, threadWords.recordsRead);
    return taskId === undefined || taskId !== this.runningTask ? undefined : { taskId, recordsRead };
  }

  /** Runs tasks of a stage; one message has all that the thread needs for it. */
  run(stageKey: string, { plan, properties }: StageDefinition, work: StageWork): void {
    if (this.#stages.has(stageKey)) this.post({ kind: "run", stageKey, ...work });
    else {
      const droppedStage = this.#dropOldest();
      this.#stages.add(stageKey);
      const dropped = droppedStage === undefined ? {} : { droppedStage };
      this.post({ kind: "run", stageKey, stage: { plan, properties }, ...dropped, ...work });
    }
    this.#outstanding++;
  }

  /** A thread keeps the newest stages only; a dropped one is sent again when needed. */
  #dropOldest(): string | undefined {
    if (this.#stages.size < stagesMax || !this.isIdle) return undefined;
    const [oldest] = this.#stages;
    if (oldest !== undefined) this.#stages.delete(oldest);
    return oldest;
  }

  /** Notes that the thread has finished run messages. */
  reported(runsDone: number): void {
    this.#outstanding -= runsDone;
  }

  post(message: ToTaskThread): void {
    this.#worker.postMessage(message);
  }

  reply(reply: ControlReply): void {
    this.#control.postMessage(reply);
    Atomics.add(this.words, threadWords.replies, 1);
    Atomics.notify(this.words, threadWords.replies);
  }

  /** Ends the thread now, whatever it does. */
  end(reason: string, byHeap = false): void {
    this.#endReason = reason;
    this.endedByHeap ||= byHeap;
    void this.#worker.terminate();
  }

  /** Resolves when all that tasks have printed has left the thread, which must run no task to say so. */
  flushOutput(): Promise<void> {
    this.post({ kind: "flushOutput" });
    return this.#outputFlushed.promise;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Bytes of the thread's heap, read while it runs; 0 when the thread is gone. */
  async heapBytes(): Promise<number> {
    try {
      const statistics = await this.#worker.getHeapStatistics();
      this.lastHeapBytes = statistics.used_heap_size + statistics.external_memory;
      return this.lastHeapBytes;
    } catch (error) {
      if ((error as { code?: string }).code === "ERR_WORKER_NOT_RUNNING") return 0;
      throw error;
    }
  }
}
