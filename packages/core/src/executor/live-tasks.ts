import { errorToData } from "@vonk/common";
import type { Clock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { LaunchRequest } from "../message/services.ts";
import type { TaskEndReason, TaskReport } from "../message/task-result.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { BlockManager } from "../storage/block-manager.ts";
import { threadWords } from "./control-channel.ts";
import { handedBlocks } from "./handed-blocks.ts";
import type { TaskThreadHandle } from "./task-thread-handle.ts";
import { firstTaskThread, type TaskThreads } from "./task-threads.ts";

interface LiveTask {
  readonly task: TaskIdentity;
  readonly stageKey: string;
  /** The shared claim words and the position in them; absent when the task was given to one thread. */
  readonly claim?: { readonly words: Int32Array; readonly position: number };
  /** Number of that thread. */
  readonly thread?: number;
  /** False: a kill waits for the task to notice by itself. */
  readonly interrupts: boolean;
  killReason?: string;
}

/** What {@link LiveTasks} works with. */
export interface LiveTasksOptions {
  readonly clock: Clock;
  readonly killGraceMs: number;
  readonly threads: TaskThreads;
  /** Cached partitions of the executor. */
  readonly blocks: BlockManager;
  /** Told of tasks that have ended, once each; they live no more. */
  readonly onEnded: (reports: readonly TaskReport[]) => void;
}

/** Tasks a thread up to which a batch brings the cached partitions along. */
const tasksHandedMax = 4;

/** Task ids remembered; far more than can be on their way at once. */
const seenTasksMax = 65_536;

/** The tasks that an executor was given and that have not ended: hands them to threads, kills what must end. */
export class LiveTasks {
  readonly #options: LiveTasksOptions;
  readonly #live = new Map<number, LiveTask>();
  /** Task ids that were launched: a request that comes again runs nothing again. Oldest first, bounded. */
  readonly #seen = new Set<number>();

  constructor(options: LiveTasksOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  ids(): Iterable<number> {
    return this.#live.keys();
  }

  /** A task of each stage that runs here. */
  stages(): Iterable<TaskIdentity> {
    return new Map([...this.#live.values()].map(({ task, stageKey }) => [stageKey, task])).values();
  }

  // ---- launching

  /** Gives each idle thread one task, or all threads a list from which they claim. */
  launch(request: LaunchRequest): null {
    const batch = { ...request, tasks: request.tasks.filter((task) => this.#isNew(task.taskId)) };
    if (batch.tasks.length === 0) return null;
    const { threads, blocks } = this.#options;
    const stageKey = `${batch.stageId}.${batch.stageAttempt}`;
    const interrupts = batch.properties["spark.job.interruptOnCancel"] !== "false";
    const idle = threads.all.filter((thread) => thread.isIdle);
    if (batch.tasks.length <= idle.length) {
      for (const task of batch.tasks) {
        const preferred = idle.findIndex((thread) => thread.number === firstTaskThread + (task.partition % threads.all.length));
        const [thread] = idle.splice(Math.max(preferred, 0), 1);
        if (thread === undefined) continue;
        this.#live.set(task.taskId, { task, stageKey, interrupts, thread: thread.number });
        thread.run(stageKey, batch, { tasks: [task], blocks: handedBlocks(batch.plan, [task], blocks) });
      }
    } else {
      const words = new Int32Array(new SharedArrayBuffer(4 * (1 + batch.tasks.length)));
      batch.tasks.forEach((task, position) => this.#live.set(task.taskId, { task, stageKey, interrupts, claim: { words, position } }));
      // Blocks that are handed over cannot make room for others before their task has ended: those of tasks that are far off stay free.
      const handed = batch.tasks.length > tasksHandedMax * threads.all.length ? [] : handedBlocks(batch.plan, batch.tasks, blocks);
      for (const thread of threads.all)
        thread.run(stageKey, batch, { tasks: batch.tasks, claims: { words: words.buffer }, blocks: handed });
    }
    threads.watchHeaps(() => this.#live.size > 0);
    return null;
  }

  #isNew(taskId: number): boolean {
    if (this.#seen.has(taskId)) return false;
    this.#seen.add(taskId);
    if (this.#seen.size > seenTasksMax) for (const oldest of this.#seen) return this.#seen.delete(oldest);
    return true;
  }

  // ---- ends

  /** Tasks have ended, by their threads' reports. */
  ended(reports: readonly TaskReport[]): void {
    if (reports.length === 0) return;
    const named = reports.map((report) => this.#withKillReason(report));
    for (const report of named) this.#live.delete(report.taskId);
    this.#options.onEnded(named);
  }

  #withKillReason(report: TaskReport): TaskReport {
    const reason = this.#live.get(report.taskId)?.killReason;
    if (reason === undefined || report.reason.kind !== "TaskKilled") return report;
    return { ...report, reason: { kind: "TaskKilled", reason } };
  }

  kill(taskId: number, reason: string): null {
    const live = this.#live.get(taskId);
    if (live === undefined) return null;
    live.killReason = reason;
    if (withdraw(live)) {
      this.ended([this.#report(taskId, { kind: "TaskKilled", reason })]);
      return null;
    }
    const { clock, killGraceMs, threads } = this.#options;
    const owner = ownerOf(live);
    const thread = threads.all.find(({ number }) => number === owner);
    if (thread === undefined) return null;
    Atomics.store(thread.words, threadWords.kill, taskId + 1);
    if (live.interrupts)
      clock.schedule(killGraceMs, () => {
        if (this.#live.has(taskId) && thread.runningTask === taskId)
          thread.end(`task ${taskId} did not stop when it was killed: ${reason}`);
      });
    return null;
  }

  /** A thread is gone and was replaced: what it had claimed and not reported failed with it. */
  threadReplaced(thread: TaskThreadHandle, reason: string): void {
    const lost = [...this.#live.values()].filter((live) => ownerOf(live) === thread.number);
    const running = thread.runningTask;
    this.ended(lost.map(({ task, killReason }) => this.#report(task.taskId, lossReason(task, running, killReason, reason, thread))));
    this.#returnUnclaimed();
  }

  /** Shared work that nobody has claimed yet is given back, so that the replacement gets its share of it. */
  #returnUnclaimed(): void {
    const unclaimed = [...this.#live.values()].filter((live) => withdraw(live));
    const reason = "its thread was replaced before it started";
    this.ended(unclaimed.map(({ task }) => this.#report(task.taskId, { kind: "TaskKilled", reason })));
  }

  #report(taskId: number, reason: TaskEndReason): TaskReport {
    const nowMs = this.#options.clock.now();
    return { taskId, reason, startedAtMs: nowMs, finishedAtMs: nowMs };
  }
}

/** Number of the thread that has the task; none has it while it is unclaimed. */
function ownerOf({ thread, claim }: LiveTask): number | undefined {
  return claim === undefined ? thread : Atomics.load(claim.words, 1 + claim.position) - 1;
}

/** True for a task that no thread had claimed and that none will claim any more. */
function withdraw({ claim }: LiveTask): boolean {
  return claim !== undefined && Atomics.compareExchange(claim.words, 1 + claim.position, 0, -1) === 0;
}

function lossReason(
  task: TaskIdentity,
  running: number | undefined,
  killReason: string | undefined,
  reason: string,
  thread: TaskThreadHandle,
): TaskEndReason {
  if (killReason !== undefined) return { kind: "TaskKilled", reason: killReason };
  // Tasks that had ended but were not reported run again; that is nobody's fault.
  if (task.taskId !== running) return { kind: "TaskKilled", reason: "its thread was replaced before the result was reported" };
  const limit = Math.round(thread.heapLimitBytes / 2 ** 20);
  const error = thread.endedByHeap
    ? coreErrors.create("TASK_HEAP_EXCEEDED", { used: `over ${limit}`, limit })
    : coreErrors.create("EXECUTOR_THREAD_LOST", { reason });
  return { kind: "ExceptionFailure", error: errorToData(error) };
}
