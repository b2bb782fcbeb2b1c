import { assert } from "@vonk/common/internal";
import type { TaskEndReason, TaskReport } from "../message/task-result.ts";
import { PoolTable } from "../scheduler/pool.ts";
import type { TaskIdentity, TaskSet } from "../scheduler/scheduler-event.ts";
import {
  TaskScheduler,
  type TaskSchedulerAction,
  type TaskSchedulerEvent,
  type TaskSchedulerOptions,
} from "../scheduler/task-scheduler.ts";
import { failedReport, resultReport } from "./task-reports.ts";

type ActionOf<Kind extends TaskSchedulerAction["kind"]> = Extract<TaskSchedulerAction, { readonly kind: Kind }>;
type Untimed<Event> = Event extends unknown ? Omit<Event, "nowMs"> : never;

/** A task set of a result stage for tests. */
export function taskSetOf(stageId: number, partitions: number | readonly number[], extras: Partial<TaskSet> = {}): TaskSet {
  return {
    stageId,
    stageAttempt: 0,
    priority: 0,
    pool: "default",
    partitions: typeof partitions === "number" ? Array.from({ length: partitions }, (_, index) => index) : partitions,
    plan: { nodes: [], root: 0, sink: { kind: "result", func: { builtin: "simulated" } } },
    properties: {},
    jobIds: [0],
    ...extras,
  };
}

/** A task scheduler whose time the test moves and whose tasks end when the test says so. All actions are kept in order. */
export class TaskSchedulerHarness {
  readonly tasks: TaskScheduler;
  readonly actions: TaskSchedulerAction[] = [];
  nowMs = 0;

  constructor(options: Partial<TaskSchedulerOptions> = {}) {
    const defaults = {
      maxFailures: 4,
      localityWaitMs: 3000,
      pools: new PoolTable("FIFO"),
      queueAheadMs: 0,
      queueAheadTasksMax: 512,
      barrier: { checkIntervalMs: 1000, checkFailuresMax: 2 },
      coresWaitMs: 0,
    };
    this.tasks = new TaskScheduler({ ...defaults, ...options });
  }

  step(event: Untimed<TaskSchedulerEvent>): TaskSchedulerAction[] {
    const actions = this.tasks.step({ ...event, nowMs: this.nowMs });
    this.actions.push(...actions);
    return actions;
  }

  addExecutor(executorId: string, slots = 1, host = `h${executorId}`, cores: number = slots): TaskSchedulerAction[] {
    return this.step({ kind: "ExecutorAdded", executorId, host, slots, cores });
  }

  submit(stageId: number, partitions: number | readonly number[], extras: Partial<TaskSet> = {}): TaskSchedulerAction[] {
    return this.step({ kind: "SubmitTaskSet", taskSet: taskSetOf(stageId, partitions, extras) });
  }

  report(task: TaskIdentity, report: TaskReport): TaskSchedulerAction[] {
    return this.step({ kind: "StatusUpdate", executorId: task.executorId, reports: [report] });
  }

  succeed(task: TaskIdentity, extras: Partial<TaskReport> = {}): TaskSchedulerAction[] {
    return this.report(task, resultReport(task, null, extras));
  }

  fail(task: TaskIdentity, reason: TaskEndReason): TaskSchedulerAction[] {
    return this.report(task, failedReport(task, reason));
  }

  /** Moves time and offers slots again. */
  advance(ms: number): TaskSchedulerAction[] {
    this.nowMs += ms;
    return this.step({ kind: "ReviveOffers" });
  }

  all<Kind extends TaskSchedulerAction["kind"]>(kind: Kind): ActionOf<Kind>[] {
    return this.actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
  }

  /** The live attempt at a partition of a stage's attempt. */
  live(stageId: number, partition: number, stageAttempt = 0): TaskIdentity {
    const found = [...this.tasks.liveTasks.values()].find(
      (task) => task.stageId === stageId && task.partition === partition && task.stageAttempt === stageAttempt,
    );
    assert(found !== undefined, `a task of ${stageId}.${stageAttempt}, partition ${partition} is live`);
    return found;
  }
}

/** Launches among the actions as `stage.partition@executor`. */
export function launches(actions: readonly TaskSchedulerAction[]): string[] {
  return actions.flatMap((action) =>
    action.kind === "TaskStarted" ? [`${action.task.stageId}.${action.task.partition}@${action.task.executorId}`] : [],
  );
}
