import { assert } from "@vonk/common/internal";
import type { JobProperties } from "../message/job.ts";
import type { TaskEndReason, TaskReport } from "../message/task-result.ts";
import { DAGScheduler, type DAGSchedulerOptions } from "../scheduler/dag-scheduler.ts";
import type { DAGSchedulerAction, DAGSchedulerEvent, JobSelector, TaskIdentity, TaskSet } from "../scheduler/scheduler-event.ts";
import { LineageBuilder } from "./lineage-builder.ts";
import { failedReport, fetchFailedReason, mapReport, resultReport } from "./task-reports.ts";

type ActionOf<Kind extends DAGSchedulerAction["kind"]> = Extract<DAGSchedulerAction, { readonly kind: Kind }>;

/** A DAG scheduler whose tasks end when the test says so. All actions are kept in order. */
export class DAGSchedulerHarness {
  readonly lineage: LineageBuilder = new LineageBuilder();
  readonly dag: DAGScheduler;
  readonly actions: DAGSchedulerAction[] = [];
  readonly #newest = new Map<number, TaskSet>();
  #nextTaskId = 0;

  constructor(options: Partial<DAGSchedulerOptions> = {}) {
    this.dag = new DAGScheduler({ maxConsecutiveAttempts: 4, resubmitDelayMs: 200, ...options });
  }

  step(event: DAGSchedulerEvent): DAGSchedulerAction[] {
    const actions = this.dag.step(event);
    this.actions.push(...actions);
    for (const action of actions) if (action.kind === "SubmitTaskSet") this.#newest.set(action.taskSet.stageId, action.taskSet);
    return actions;
  }

  /** Submits a job on the RDD; gives its id. */
  run(rddId: number, options: { readonly partitions?: readonly number[]; readonly properties?: JobProperties } = {}): number {
    const job = this.lineage.job(rddId, options);
    this.step({ kind: "JobSubmitted", job, nowMs: 1 });
    return job.jobId;
  }

  cancel(selector: JobSelector): DAGSchedulerAction[] {
    return this.step({ kind: "CancelJobs", selector, reason: "the test said so", nowMs: 2 });
  }

  /** Actions of one kind so far. */
  all<Kind extends DAGSchedulerAction["kind"]>(kind: Kind): ActionOf<Kind>[] {
    return this.actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
  }

  /** Every task set so far as `stage.attempt[partitions]`. */
  get submitted(): string[] {
    return this.all("SubmitTaskSet").map(({ taskSet }) => `${taskSet.stageId}.${taskSet.stageAttempt}[${taskSet.partitions.join()}]`);
  }

  /** The newest task set of a stage. */
  taskSet(stageId: number): TaskSet {
    const found = this.#newest.get(stageId);
    assert(found !== undefined, `stage ${stageId} was submitted`);
    return found;
  }

  /** A new task of the set, on executor `a` of host `h` unless told otherwise. */
  task(set: TaskSet, partition: number, executorId = "a"): TaskIdentity {
    const { stageId, stageAttempt } = set;
    return {
      taskId: this.#nextTaskId++,
      stageId,
      stageAttempt,
      partition,
      attempt: 0,
      executorId,
      host: `h${executorId}`,
      speculative: false,
    };
  }

  /** Ends one task of the set with success; a result task's value is ten times its partition. */
  succeed(set: TaskSet, partition: number, executorId = "a", extras: Partial<TaskReport> = {}): DAGSchedulerAction[] {
    const task = this.task(set, partition, executorId);
    const { sink } = set.plan;
    const report = sink.kind === "shuffle" ? mapReport(task, sink.write.shuffleId, extras) : resultReport(task, partition * 10, extras);
    return this.step({ kind: "TaskEnded", task, report, nowMs: 3 });
  }

  /** Ends all tasks of a stage's newest set with success. */
  finish(stageId: number, executorId = "a"): void {
    const set = this.taskSet(stageId);
    for (const partition of set.partitions) this.succeed(set, partition, executorId);
  }

  fail(set: TaskSet, partition: number, reason: TaskEndReason): DAGSchedulerAction[] {
    const task = this.task(set, partition);
    return this.step({ kind: "TaskEnded", task, report: failedReport(task, reason), nowMs: 3 });
  }

  /** The task whose output of a map partition is committed on the executor; -1 when there is none. */
  mapTask(shuffleId: number, mapPartition: number, executorId = "a"): number {
    const status = this.dag.mapOutputs.statuses(shuffleId)?.[mapPartition];
    return status?.executorId === executorId ? status.taskId : -1;
  }

  /** Ends one task because an output on executor `a` (or another) could not be read, that of `mapTaskId` if told. */
  fetchFail(
    set: TaskSet,
    partition: number,
    shuffleId: number,
    mapPartition: number,
    executorId = "a",
    mapTaskId: number = this.mapTask(shuffleId, mapPartition, executorId),
  ): DAGSchedulerAction[] {
    return this.fail(set, partition, fetchFailedReason(shuffleId, mapPartition, executorId, mapTaskId));
  }

  resubmit(): DAGSchedulerAction[] {
    return this.step({ kind: "ResubmitFailedStages", nowMs: 4 });
  }

  loseExecutor(executorId: string): DAGSchedulerAction[] {
    return this.step({ kind: "ExecutorLost", executorId, shuffleOutputLost: true, nowMs: 4 });
  }

  cache(rddId: number, partition: number, executorId = "a", stored = true): void {
    this.step({ kind: "BlockUpdated", rddId, partition, executorId, stored });
  }

  /** A job's results by index. */
  results(jobId: number): Record<number, unknown> {
    const own = this.all("TaskResult").filter((action) => action.jobId === jobId);
    return Object.fromEntries(own.map(({ index, value }) => [index, value.kind === "plain" ? value.value : value]));
  }

  /** `ok` or the code with which a job ended; undefined while it runs. */
  outcome(jobId: number): string | undefined {
    const ends = this.all("JobEnded").filter((action) => action.jobId === jobId);
    return ends.length === 0 ? undefined : ends.map(({ error }) => error?.code ?? "ok").join();
  }
}
