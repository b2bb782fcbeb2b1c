import type { Clock } from "@vonk/common/internal";
import { blockManagerAdded, blockManagerRemoved, executorAdded, executorRemoved } from "../listener/executor-event.ts";
import type { SchedulerMessages } from "../message/services.ts";
import { HeartbeatReceiver } from "../scheduler/heartbeat-receiver.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { DriverSettings } from "./driver-settings.ts";
import type { EventPost } from "./event-post.ts";
import type { ExecutorDirectory } from "./executor-directory.ts";
import type { SchedulerShell } from "./scheduler-shell.ts";
import type { StatusTable } from "./status-table.ts";

/** What {@link ExecutorWatch} works with. */
export interface ExecutorWatchOptions {
  readonly settings: DriverSettings;
  readonly clock: Clock;
  readonly executors: ExecutorDirectory;
  readonly schedulers: SchedulerShell;
  readonly events: EventPost;
  readonly status: StatusTable;
  readonly cluster: DriverCluster | undefined;
  /** Tells the user something worth knowing. */
  readonly warn: (message: string) => void;
}

/** Takes executors on, gives up those that are silent or have ended, and has the cluster replace those that hang. */
export class ExecutorWatch {
  readonly #options: ExecutorWatchOptions;
  readonly #heartbeats: HeartbeatReceiver | undefined;
  /** Executors that the user asked for. */
  #wanted: number | undefined;
  /** When the executors' silence was last looked at. */
  #watchedMs: number | undefined;
  #stopped = false;

  constructor(options: ExecutorWatchOptions) {
    this.#options = options;
    const { executorTimeoutMs, registrationTimeoutMs = Number.POSITIVE_INFINITY } = options.settings;
    this.#heartbeats = executorTimeoutMs === undefined ? undefined : new HeartbeatReceiver(executorTimeoutMs, registrationTimeoutMs);
  }

  /** Looks at the executors' silence from now on, until it is stopped. */
  start(): void {
    const { executorTimeoutMs } = this.#options.settings;
    if (executorTimeoutMs !== undefined) this.#look(executorTimeoutMs);
  }

  stop(): void {
    this.#stopped = true;
  }

  // ---- what executors and the cluster say

  /** Comes again while its answer is lost. */
  registered({ executorId, host, slots, cores, storageBytes }: SchedulerMessages["registerExecutor"]["request"]): null {
    const { clock, events, executors, schedulers } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#heartbeats?.registered(executorId, nowMs);
    if (executors.has(executorId)) return null;
    const owner = { executorId, host };
    executors.add(owner, storageBytes);
    events.post(executorAdded(owner, cores, clock.now()));
    events.post(blockManagerAdded(owner, storageBytes, clock.now()));
    schedulers.taskEvent({ kind: "ExecutorAdded", executorId, host, slots, cores, nowMs });
    this.#slotsChanged();
    return null;
  }

  /** False when the executor is unknown or was given up. */
  heard({ executorId, stages, progress }: SchedulerMessages["heartbeat"]["request"]): boolean {
    const { clock, events, executors, schedulers, settings } = this.#options;
    const nowMs = clock.monotonicMs();
    const isKnown = this.#heartbeats?.heard(executorId, nowMs) ?? true;
    if (!isKnown) return false;
    const usedBytes = stages[0]?.metrics.OffHeapUnifiedMemory;
    if (usedBytes !== undefined) executors.setUsedBytes(executorId, usedBytes);
    events.metrics(executorId, stages);
    const isWanted = progress.length > 0 && settings.scheduling?.speculation?.efficiency !== undefined;
    if (isWanted) schedulers.taskEvent({ kind: "TasksProgressed", executorId, progress, nowMs });
    return true;
  }

  /** The cluster launches an executor: from now on it is waited for. */
  granted(executorId: string): void {
    this.#heartbeats?.granted(executorId, this.#options.clock.monotonicMs());
  }

  /** An executor's process has ended; `causedByApp` counts the end against the tasks that ran there. */
  exited(executorId: string, message: string, causedByApp: boolean): void {
    this.#heartbeats?.forget(executorId);
    if (this.#options.executors.has(executorId)) this.#lost(executorId, message, causedByApp);
  }

  // ---- what the user wants

  /** Wants so many executors more than were asked for, or than there are when nobody asked. */
  requestMore(count: number): Promise<boolean> {
    return this.requestTotal((this.#wanted ?? this.#options.executors.size) + count);
  }

  /** False when the cluster did not take the wish, or there is none. */
  async requestTotal(total: number): Promise<boolean> {
    const { cluster } = this.#options;
    if (cluster === undefined) return false;
    this.#wanted = total;
    return cluster.requestTotalExecutors(total);
  }

  /** Ends executors for good; the ids that were known. */
  async kill(executorIds: readonly string[]): Promise<readonly string[]> {
    const { cluster } = this.#options;
    if (cluster === undefined) return [];
    const known = await cluster.killExecutors(executorIds, false);
    if (this.#wanted !== undefined) this.#wanted = Math.max(0, this.#wanted - known.length);
    return known;
  }

  // ---- silence

  /** Gives up executors that have been silent for too long, and what they ran and held. */
  #look(executorTimeoutMs: number): void {
    if (this.#stopped) return;
    const { clock, settings, warn } = this.#options;
    const intervalMs = executorTimeoutMs / 8;
    const nowMs = clock.monotonicMs();
    const lateMs = nowMs - (this.#watchedMs ?? nowMs) - intervalMs;
    this.#watchedMs = nowMs;
    if (lateMs > intervalMs) this.#heartbeats?.stoodStill(lateMs);
    for (const executorId of this.#heartbeats?.expire(nowMs) ?? []) {
      this.#lost(executorId, `no heartbeat for ${executorTimeoutMs} ms`, true);
      this.#replace(executorId, executorTimeoutMs);
    }
    for (const executorId of this.#heartbeats?.overdue(nowMs) ?? []) {
      warn(`Executor ${executorId} did not register within ${settings.registrationTimeoutMs} ms of its launch; it is replaced.`);
      this.#replace(executorId, executorTimeoutMs);
    }
    clock.schedule(intervalMs, () => this.#look(executorTimeoutMs));
  }

  /** Has the cluster end an executor that may hang, so that another gets its cores. Asked again while no master leads. */
  #replace(executorId: string, pauseMs: number): void {
    if (this.#stopped) return;
    const { clock, cluster } = this.#options;
    cluster?.killExecutors([executorId], true).catch(() => clock.schedule(pauseMs, () => this.#replace(executorId, pauseMs)));
  }

  #lost(executorId: string, message: string, exitCausedByApp: boolean): void {
    const { clock, cluster, events, executors, schedulers, status } = this.#options;
    const owner = executors.remove(executorId);
    status.removeExecutor(executorId);
    events.post(executorRemoved(executorId, message, clock.now()));
    if (owner !== undefined) events.post(blockManagerRemoved(owner, clock.now()));
    schedulers.run(() => {
      schedulers.taskEvent({ kind: "ExecutorLost", executorId, message, exitCausedByApp, nowMs: clock.monotonicMs() });
      // On a cluster output lies in files of its host or in streams; a reader that does not find it says so.
      const shuffleOutputLost = cluster === undefined;
      schedulers.dagEvent({ kind: "ExecutorLost", executorId, shuffleOutputLost, nowMs: clock.now() });
    });
    this.#slotsChanged();
  }

  #slotsChanged(): void {
    const { cluster, schedulers } = this.#options;
    cluster?.slotsChanged([...schedulers.tasks.executors.values()].reduce((sum, { slots }) => sum + slots, 0));
  }
}
