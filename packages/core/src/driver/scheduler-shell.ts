import type { Bus } from "@vonk/bus";
import { errorToData } from "@vonk/common";
import type { Clock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import { schedulingEvent } from "../listener/scheduling-event.ts";
import type { TaskReport } from "../message/task-result.ts";
import { DAGScheduler } from "../scheduler/dag-scheduler.ts";
import { OutputCommitCoordinator } from "../scheduler/output-commit-coordinator.ts";
import { PoolTable } from "../scheduler/pool.ts";
import type { DAGSchedulerAction, DAGSchedulerEvent } from "../scheduler/scheduler-event.ts";
import { type TaskBatch, TaskScheduler, type TaskSchedulerAction, type TaskSchedulerEvent } from "../scheduler/task-scheduler.ts";
import { BarrierService } from "./barrier-service.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { DriverSettings } from "./driver-settings.ts";
import type { EventPost } from "./event-post.ts";
import { type ExecutorDirectory, forget } from "./executor-directory.ts";
import type { StatusTable } from "./status-table.ts";
import { UserNotices } from "./user-notices.ts";

/** Sees what both schedulers are told and what they want done; the simulator checks its invariants there. */
export interface DriverObserver {
  dagStepped(event: DAGSchedulerEvent, actions: readonly DAGSchedulerAction[], dag: DAGScheduler): void;
  tasksStepped(event: TaskSchedulerEvent, actions: readonly TaskSchedulerAction[], tasks: TaskScheduler): void;
  /** An event and everything that it caused is done. */
  turnEnded(dag: DAGScheduler, tasks: TaskScheduler, commits: OutputCommitCoordinator): void;
}

/** What the shell of the schedulers works with. */
export interface SchedulerShellOptions {
  readonly settings: DriverSettings;
  /** Reaches the user's thread. */
  readonly bus: Bus;
  readonly clock: Clock;
  readonly executors: ExecutorDirectory;
  readonly events: EventPost;
  readonly status: StatusTable;
  readonly observer: DriverObserver | undefined;
  readonly cluster: DriverCluster | undefined;
}

/**
 * The imperative shell of both schedulers: feeds them events, performs their actions, and tells the user's thread. All that an event
 * causes happens in one turn; nothing here waits.
 */
export class SchedulerShell {
  readonly dag: DAGScheduler;
  readonly tasks: TaskScheduler;
  readonly barriers: BarrierService;
  readonly #options: SchedulerShellOptions;
  readonly #commits = new OutputCommitCoordinator();
  readonly #resultBytes = new Map<number, number>();
  /** Shuffles whose outputs were all there once, so that readers may have asked for them. */
  readonly #readShuffles = new Set<number>();
  readonly #notices: UserNotices;
  #pending: (() => void)[] = [];
  #working = false;

  constructor(options: SchedulerShellOptions) {
    this.#options = options;
    const { settings, clock, bus } = options;
    this.#notices = new UserNotices(bus, clock, settings.appId);
    this.dag = new DAGScheduler({ ...settings, ...settings.scheduling });
    this.tasks = new TaskScheduler({
      maxFailures: settings.maxFailures,
      localityWaitMs: settings.localityWaitMs,
      pools: new PoolTable(settings.schedulingMode, settings.pools),
      queueAheadMs: settings.queueAheadMs,
      queueAheadTasksMax: 512,
      barrier: { checkIntervalMs: 1000, checkFailuresMax: 0 },
      coresWaitMs: 0,
      ...settings.scheduling,
    });
    this.barriers = new BarrierService(clock, settings.scheduling?.barrierSyncTimeoutMs ?? Number.POSITIVE_INFINITY);
  }

  /** The question may arrive again after the task's end; a task that is over must not hold the right to commit. */
  canCommit(stageId: number, stageAttempt: number, partition: number, taskId: number): boolean {
    return this.tasks.liveTasks.has(taskId) && this.#commits.canCommit(stageId, stageAttempt, partition, taskId);
  }

  // ---- events in

  dagEvent(event: DAGSchedulerEvent): null {
    return this.run(() => {
      const actions = this.dag.step(event);
      this.#options.observer?.dagStepped(event, actions, this.dag);
      for (const action of actions) this.#performDAG(action);
    });
  }

  taskEvent(event: TaskSchedulerEvent): null {
    return this.run(() => {
      const actions = this.tasks.step(event);
      this.#options.observer?.tasksStepped(event, actions, this.tasks);
      for (const action of actions) this.#performTask(action);
    });
  }

  /** Runs `work` and what it causes in the order in which it was caused, then lets the user's thread know. */
  run(work: () => void): null {
    this.#pending.push(work);
    if (this.#working) return null;
    this.#working = true;
    try {
      for (let at = 0; at < this.#pending.length; at++) this.#pending[at]?.();
    } finally {
      this.#pending = [];
      this.#working = false;
    }
    this.#options.observer?.turnEnded(this.dag, this.tasks, this.#commits);
    this.#notices.turnEnded();
    return null;
  }

  // ---- actions out

  #performDAG(action: DAGSchedulerAction): void {
    const { clock, events, status } = this.#options;
    switch (action.kind) {
      case "SubmitTaskSet":
        this.#commits.stageStarted(action.taskSet.stageId, action.taskSet.stageAttempt);
        if (action.taskSet.isBarrier === true) this.barriers.stageStarted(action.taskSet);
        this.taskEvent({ kind: "SubmitTaskSet", taskSet: action.taskSet, nowMs: clock.monotonicMs() });
        return;
      case "CancelStage":
        this.#commits.stageEnded(action.stageId);
        this.barriers.stageEnded(action.stageId);
        this.taskEvent({ kind: "CancelStage", stageId: action.stageId, reason: action.reason, nowMs: clock.monotonicMs() });
        return;
      case "TaskResult":
        return this.#taskResult(action);
      case "ApplyAccumulators":
        this.#notices.add({ kind: "accumulators", updates: action.updates });
        return;
      case "JobEnded":
        this.#resultBytes.delete(action.jobId);
        this.#notices.add({ kind: "jobEnded", jobId: action.jobId, ...(action.error === undefined ? {} : { error: action.error }) });
        return;
      // The output of a withdrawn or dropped attempt lies in the arena of its shuffle and is freed with it.
      case "FreeMapOutput":
        return;
      case "MapOutputsChanged":
        return this.#mapOutputsChanged(action.shuffleId);
      case "ScheduleResubmit":
        clock.schedule(action.delayMs, () => this.dagEvent({ kind: "ResubmitFailedStages", nowMs: clock.now() }));
        return;
      case "Post":
        status.note(action.event);
        return events.fact(action.event);
    }
  }

  /** Readers ask for outputs only when all are there, so only a change after that makes their copies stale. */
  #mapOutputsChanged(shuffleId: number): void {
    if (!this.#readShuffles.has(shuffleId) && this.dag.mapOutputs.isAvailable(shuffleId)) {
      this.#readShuffles.add(shuffleId);
      return;
    }
    if (this.#readShuffles.has(shuffleId)) this.#options.executors.tell((executor) => executor.call("shuffleChanged", { shuffleId }));
  }

  #taskResult(action: Extract<DAGSchedulerAction, { kind: "TaskResult" }>): void {
    const { jobId, index, value } = action;
    if (value.kind === "records") {
      const bytes = (this.#resultBytes.get(jobId) ?? 0) + value.bytes;
      this.#resultBytes.set(jobId, bytes);
      const limit = this.#options.settings.maxResultBytes;
      if (limit > 0 && bytes > limit) {
        const error = errorToData(coreErrors.create("RESULT_TOO_LARGE", { jobId, bytes, limit }));
        const nowMs = this.#options.clock.now();
        this.dagEvent({ kind: "CancelJobs", selector: { kind: "job", jobId }, reason: error.message, error, nowMs });
        return;
      }
    }
    this.#notices.add({ kind: "result", jobId, index, value });
  }

  #performTask(action: TaskSchedulerAction): void {
    const { clock, events, executors, cluster } = this.#options;
    switch (action.kind) {
      case "LaunchTasks":
        return this.#launch(action.batch);
      case "KillTask":
        forget(executors.client(action.executorId)?.call("killTask", { taskId: action.taskId, reason: action.reason }));
        return;
      case "TaskStarted":
        this.dagEvent({ kind: "TaskStarted", task: action.task, nowMs: clock.now() });
        return;
      case "TaskEnded":
        if (action.report.reason.kind !== "Success") this.#commits.attemptFailed(action.task);
        this.barriers.taskEnded(action.task);
        this.dagEvent({ kind: "TaskEnded", task: action.task, report: action.report, nowMs: clock.now() });
        return;
      case "TaskSetFailed": {
        const { stageId, stageAttempt, error } = action;
        this.barriers.stageEnded(stageId);
        this.dagEvent({ kind: "TaskSetFailed", stageId, stageAttempt, error, nowMs: clock.now() });
        return;
      }
      case "TaskSetFinished":
        this.barriers.stageEnded(action.stageId);
        return this.#commits.stageEnded(action.stageId);
      case "DropOutput":
        return;
      case "ScheduleOffers":
        clock.schedule(action.delayMs, () => this.taskEvent({ kind: "ReviveOffers", nowMs: clock.monotonicMs() }));
        return;
      case "ScheduleSpeculation":
        clock.schedule(action.delayMs, () => this.taskEvent({ kind: "CheckSpeculation", nowMs: clock.monotonicMs() }));
        return;
      case "KillExecutors":
        return forget(cluster?.killExecutors(action.executorIds, true));
      case "Post":
        return events.post(schedulingEvent(action.fact, clock.now()));
    }
  }

  /** An executor that cannot be reached is noticed by its silence; one that refuses a batch has failed its tasks. */
  #launch(batch: TaskBatch): void {
    const { clock, executors, cluster } = this.#options;
    executors
      .client(batch.executorId)
      ?.call("launchTasks", { ...batch, outputsEpoch: this.dag.mapOutputs.epoch, filesVersion: cluster?.files.version ?? 0 })
      .catch((error: unknown) => {
        const { code, message, retryable } = errorToData(error);
        if (code.startsWith("BUS_") && retryable) return;
        const nowMs = clock.now();
        const reports = batch.tasks.map(({ taskId }): TaskReport => {
          return { taskId, reason: { kind: "UnknownReason", message }, startedAtMs: nowMs, finishedAtMs: nowMs };
        });
        this.taskEvent({ kind: "StatusUpdate", executorId: batch.executorId, reports, nowMs: clock.monotonicMs() });
      });
  }
}
