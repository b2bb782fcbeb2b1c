import type { ServiceClient } from "@vonk/bus/internal";
import type { Clock, Timer } from "@vonk/common/internal";
import type { ExecutorMetrics, StageMetrics } from "../listener/executor-event.ts";
import type { SchedulerMessages } from "../message/services.ts";
import type { LiveTasks } from "./live-tasks.ts";
import type { TaskThreads } from "./task-threads.ts";

/** What {@link ExecutorHeartbeat} works with. */
export interface ExecutorHeartbeatOptions {
  readonly executorId: string;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Silence of the driver after which the executor ends. */
  readonly driverTimeoutMs: number;
  readonly driver: ServiceClient<SchedulerMessages>;
  readonly threads: TaskThreads;
  readonly tasks: LiveTasks;
  /** Bytes of shared memory in use, in all and by cached blocks. */
  readonly memory: () => { readonly usedBytes: number; readonly storageBytes: number };
  /** The driver has given the executor up, or is gone. */
  readonly onEnd: (reason: string) => void;
}

/** Signs of life for the driver, with what is in use; an executor that was given up, or whose driver is gone, ends: nobody counts what it does. */
export class ExecutorHeartbeat {
  readonly #options: ExecutorHeartbeatOptions;
  #driverHeardMs = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: ExecutorHeartbeatOptions) {
    this.#options = options;
  }

  /** The driver has answered just now. */
  start(): void {
    this.#driverHeardMs = this.#options.clock.monotonicMs();
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(this.#options.intervalMs, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const { clock, driver, executorId, intervalMs, onEnd, threads } = this.#options;
    try {
      const progress = threads.all.flatMap((thread) => thread.progress ?? []);
      const request = { executorId, stages: this.#stageMetrics(this.#metrics()), progress };
      const isKnown = await driver.call("heartbeat", request, { timeoutMs: intervalMs });
      this.#driverHeardMs = clock.monotonicMs();
      if (!isKnown) onEnd("the driver has given it up");
    } catch (error) {
      // One that does not arrive is one less.
      this.#driverSilent(error);
    }
    this.#schedule();
  }

  #driverSilent(error: unknown): void {
    const { clock, driverTimeoutMs, onEnd } = this.#options;
    if (this.#stopped || clock.monotonicMs() - this.#driverHeardMs < driverTimeoutMs) return;
    onEnd(`the driver cannot be reached: ${(error as Error).message}`);
  }

  /** Heaps as they were at the last heartbeat: a thread that does not answer must not make its executor look dead. */
  #metrics(): ExecutorMetrics {
    const { memory, threads } = this.#options;
    for (const thread of threads.all) void thread.heapBytes();
    const { usedBytes, storageBytes } = memory();
    return {
      JVMHeapMemory: threads.all.reduce((sum, thread) => sum + thread.lastHeapBytes, 0),
      OffHeapUnifiedMemory: usedBytes,
      OffHeapStorageMemory: storageBytes,
      ProcessTreeOtherRSSMemory: process.memoryUsage.rss(),
    };
  }

  /** The metrics for each stage that runs here; without one for stage -1, as Spark's driver tells its own. */
  #stageMetrics(metrics: ExecutorMetrics): StageMetrics[] {
    const stages = [...this.#options.tasks.stages()].map(({ stageId, stageAttempt }) => ({ stageId, stageAttempt, metrics }));
    return stages.length > 0 ? stages : [{ stageId: -1, stageAttempt: -1, metrics }];
  }
}
