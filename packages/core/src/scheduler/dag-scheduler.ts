import { assert } from "@vonk/common/internal";
import type { ErrorData } from "@vonk/common";
import { errorToData } from "@vonk/common";
import { coreErrors } from "../errors.ts";
import type { JobSubmission, RDDInfo, ShuffleInfo } from "../message/job.ts";
import type { StageOutput, ActiveJob, Stage } from "./stage.ts";
import type { DAGSchedulerAction, DAGSchedulerEvent, JobSelector, SchedulerFact, StageFact, TaskIdentity } from "./scheduler-event.ts";
import { isFetched, type TaskReport } from "../message/task-result.ts";
import { describeReason } from "./task-scheduler.ts";
import type { MapOutputStatistics } from "../message/status.ts";
import { mapOutputStatistics } from "./map-output-statistics.ts";
import { MapOutputTracker } from "./map-output-tracker.ts";
import { bucketGroups } from "./bucket-groups.ts";
import { LineageIndex } from "./lineage-index.ts";

type FetchFailed = Extract<TaskReport["reason"], { kind: "FetchFailed" }>;

/** Limits of the DAG scheduler. */
export interface DAGSchedulerOptions {
  /** `spark.stage.maxConsecutiveAttempts` */
  readonly maxConsecutiveAttempts: number;
  /** How long to gather fetch failures before the failed stages run again. */
  readonly resubmitDelayMs: number;
  /** `spark.scheduler.resource.profileMergeConflicts`: of several sizes of task in a stage the largest is taken, instead of none. */
  readonly mergesProfiles?: boolean;
}

/**
 * Cuts each job's lineage at shuffles into stages, runs them in order, and runs again what was lost.
 *
 * Pure: {@link step} changes the state in place and returns what the shell has to do. It knows ids and plain data only.
 * @see Spark's core/scheduler/DAGScheduler.scala
 */
export class DAGScheduler {
  readonly #options: DAGSchedulerOptions;
  readonly #lineage = new LineageIndex();
  readonly #jobs = new Map<number, ActiveJob>();
  readonly #stages = new Map<number, Stage>();
  readonly #shuffleStages = new Map<number, Stage>();
  readonly #resultStages = new Map<number, Stage>();
  readonly mapOutputs: MapOutputTracker = new MapOutputTracker();
  /** Streams of each shuffle that goes through streams. */
  readonly #buckets = new Map<number, number>();
  #nextStageId = 0;
  /** When live tasks were launched, so that both their events say the same. */
  readonly #launchedAtMs = new Map<number, number>();
  #resubmitScheduled = false;
  #actions: DAGSchedulerAction[] = [];

  constructor(options: DAGSchedulerOptions) {
    this.#options = options;
  }

  /** Takes one event; gives the actions it causes, in order. */
  step(event: DAGSchedulerEvent): DAGSchedulerAction[] {
    this.#handle(event);
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  /** Jobs that have not ended. */
  get activeJobs(): ReadonlyMap<number, ActiveJob> {
    return this.#jobs;
  }

  /** Stages that some active job still needs. */
  get activeStages(): ReadonlyMap<number, Stage> {
    return this.#stages;
  }

  /** How large the output of a shuffle is; undefined when some is missing. */
  statisticsOf(shuffleId: number): MapOutputStatistics | undefined {
    const reducers = this.#lineage.knownShuffle(shuffleId)?.numReducers ?? 0;
    return mapOutputStatistics(shuffleId, this.mapOutputs.statuses(shuffleId), reducers);
  }

  #handle(event: DAGSchedulerEvent): void {
    switch (event.kind) {
      case "JobSubmitted":
        return this.#submitJob(event.job, event.nowMs);
      case "CancelJobs":
        return this.#cancelJobs(event);
      case "TaskStarted":
        this.#launchedAtMs.set(event.task.taskId, event.nowMs);
        return this.#post({ kind: "TaskStart", task: event.task, timeMs: event.nowMs });
      case "TaskEnded":
        return this.#taskEnded(event.task, event.report, event.nowMs);
      case "TaskSetFailed": {
        const stage = this.#stages.get(event.stageId);
        if (stage !== undefined && stage.attempt === event.stageAttempt) this.#abortStage(stage, event.error, event.nowMs);
        return;
      }
      case "ExecutorLost":
        return this.#executorLost(event.executorId, event.shuffleOutputLost, event.nowMs);
      case "ShuffleStreamsLost":
        return this.#streamsLost(event.shuffleId, event.epoch, event.nowMs);
      case "ResubmitFailedStages":
        return this.#resubmitFailed(event.nowMs);
      case "BlockUpdated":
        return this.#lineage.blockUpdated(event.rddId, event.partition, event.executorId, event.stored);
      case "RDDUnpersisted":
        return this.#lineage.unpersisted(event.rddId);
      case "ShuffleRemoved":
        this.mapOutputs.unregisterShuffle(event.shuffleId);
        this.#shuffleStages.delete(event.shuffleId);
        this.#buckets.delete(event.shuffleId);
        return this.#lineage.shuffleRemoved(event.shuffleId);
      case "ShuffleLaidOut":
        if (this.#lineage.knownShuffle(event.shuffleId) !== undefined) this.#buckets.set(event.shuffleId, event.buckets);
        return;
    }
  }

  // ---- jobs

  #submitJob(submission: JobSubmission, nowMs: number): void {
    this.#lineage.add(submission.rdds, submission.shuffles);
    const refusal = this.#refusal(submission);
    if (refusal !== undefined) {
      this.#actions.push({ kind: "JobEnded", jobId: submission.jobId, error: errorToData(refusal) });
      return;
    }
    const job: ActiveJob = {
      submission,
      properties: submission.properties,
      finished: new Uint8Array(submission.partitions.length),
      indexesOf: Map.groupBy(submission.partitions.keys(), (index) => submission.partitions[index] ?? -1),
      numFinished: 0,
    };
    this.#jobs.set(submission.jobId, job);
    const rdd = this.#lineage.rdd(submission.rddId);
    const stage = this.#createStage(rdd, submission.jobId, submission.plan, { kind: "result", job });
    this.#resultStages.set(submission.jobId, stage);
    this.#markNeeded(stage, submission.jobId);
    const stages = [...this.#stages.values()].filter((each) => each.jobIds.has(submission.jobId)).map((each) => this.#stageFact(each));
    this.#post({ kind: "JobStart", jobId: submission.jobId, timeMs: nowMs, stages, properties: submission.properties });
    if (submission.partitions.length === 0) return this.#endJob(job, undefined, nowMs);
    this.#submitStage(stage, nowMs);
  }

  /** Why the job cannot be run as it is, if so. */
  #refusal({ jobId, rddId, partitions }: JobSubmission): Error | undefined {
    const broken = this.#lineage.brokenBarrier(rddId, partitions.length);
    if (broken !== undefined) return coreErrors.create("BARRIER_CHAIN_UNSUPPORTED", { jobId, callSite: broken.callSite });
    const conflict = this.#options.mergesProfiles === true ? undefined : this.#lineage.conflictingResources(rddId);
    if (conflict === undefined) return undefined;
    const cpus = conflict.sizes.map((size) => size.cpus ?? "spark.task.cpus").join(" and ");
    return coreErrors.create("RESOURCE_PROFILE_CONFLICT", { jobId, callSite: conflict.rdd.callSite, cpus });
  }

  #createStage(rdd: RDDInfo, jobId: number, plan: JobSubmission["plan"], output: StageOutput): Stage {
    const parents = this.#lineage.parentShuffles(rdd.id).map((shuffle) => this.#shuffleStage(shuffle, jobId));
    const callSite = output.kind === "shuffle" ? output.shuffle.callSite : output.job.submission.callSite;
    const resources = this.#lineage.resources(rdd.id);
    const stage: Stage = {
      id: this.#nextStageId++,
      rddId: rdd.id,
      name: callSite,
      numPartitions: output.kind === "shuffle" ? rdd.numPartitions : output.job.submission.partitions.length,
      plan,
      parents,
      jobIds: new Set(),
      firstJobId: jobId,
      isIndeterminate: this.#lineage.isIndeterminate(rdd.id),
      wasRead: false,
      validSince: 0,
      isBarrier: this.#lineage.isBarrier(rdd.id),
      ...(resources === undefined ? {} : { resources }),
      held: new Map(),
      state: "none",
      attempt: -1,
      failedAttempts: new Set(),
      pending: new Set(),
      submittedAtMs: 0,
      completedAtMs: 0,
      output,
    };
    this.#stages.set(stage.id, stage);
    return stage;
  }

  #shuffleStage(shuffle: ShuffleInfo, jobId: number): Stage {
    const known = this.#shuffleStages.get(shuffle.shuffleId);
    if (known !== undefined) {
      this.#stages.set(known.id, known);
      return known;
    }
    // A lineage may be thousands of shuffles long, so the oldest are made first instead of recursing into them.
    for (const ancestor of this.#lineage.ancestorShuffles(shuffle.rddId)) {
      if (!this.#shuffleStages.has(ancestor.shuffleId)) this.#newShuffleStage(ancestor, jobId);
    }
    return this.#newShuffleStage(shuffle, jobId);
  }

  #newShuffleStage(shuffle: ShuffleInfo, jobId: number): Stage {
    const stage = this.#createStage(this.#lineage.rdd(shuffle.rddId), jobId, shuffle.plan, { kind: "shuffle", shuffle });
    this.#shuffleStages.set(shuffle.shuffleId, stage);
    this.mapOutputs.registerShuffle(shuffle.shuffleId, shuffle.numMaps);
    return stage;
  }

  #markNeeded(stage: Stage, jobId: number): void {
    const open = [stage];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.jobIds.has(jobId)) continue;
      next.jobIds.add(jobId);
      this.#stages.set(next.id, next);
      open.push(...next.parents);
    }
  }

  #cancelJobs({ selector, reason, error, nowMs }: Extract<DAGSchedulerEvent, { kind: "CancelJobs" }>): void {
    for (const job of this.#jobs.values()) {
      if (this.#selects(selector, job)) this.#endJob(job, error ?? cancelled(job.submission.jobId, reason), nowMs);
    }
  }

  #selects(selector: JobSelector, job: ActiveJob): boolean {
    switch (selector.kind) {
      case "all":
        return true;
      case "job":
        return job.submission.jobId === selector.jobId;
      case "stage":
        return this.#stages.get(selector.stageId)?.jobIds.has(job.submission.jobId) ?? false;
      case "group":
        return job.properties["spark.jobGroup.id"] === selector.groupId;
      case "tag":
        return (job.properties["spark.job.tags"] ?? "").split(",").includes(selector.tag);
    }
  }

  /** Ends the job and cancels the stages that no other job needs. */
  #endJob(job: ActiveJob, error: ErrorData | undefined, nowMs: number): void {
    const { jobId } = job.submission;
    this.#jobs.delete(jobId);
    this.#resultStages.delete(jobId);
    for (const stage of this.#stages.values()) {
      if (!stage.jobIds.delete(jobId) || stage.jobIds.size > 0) continue;
      this.#stages.delete(stage.id);
      const reason = error?.message ?? `job ${jobId} has ended`;
      // A stage that waits after a fetch failure may still have tasks of its old attempt.
      if (stage.state !== "none" && stage.attempt >= 0) this.#actions.push({ kind: "CancelStage", stageId: stage.id, reason });
      if (stage.state === "running") this.#stageCompleted(stage, nowMs, reason);
      stage.state = "none";
      stage.pending.clear();
    }
    this.#post({ kind: "JobEnd", jobId, timeMs: nowMs, ...(error === undefined ? {} : { error }) });
    this.#actions.push({ kind: "JobEnded", jobId, ...(error === undefined ? {} : { error }) });
  }

  #abortStage(stage: Stage, error: ErrorData, nowMs: number): void {
    const dependent = [...this.#jobs.values()].filter((job) => stage.jobIds.has(job.submission.jobId));
    stage.completedAtMs = nowMs;
    for (const job of dependent) this.#endJob(job, error, nowMs);
  }

  // ---- stages

  #submitStage(stage: Stage, nowMs: number): void {
    if (stage.state !== "none" || stage.jobIds.size === 0) return;
    const open: Stage[] = [stage];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.state !== "none") continue;
      const missing = this.#missingParents(next);
      if (missing.length === 0) {
        this.#submitMissingTasks(next, nowMs);
      } else {
        next.state = "waiting";
        open.push(...missing);
      }
    }
  }

  /** Parent stages whose output is not there, ascending by id; a branch that ends in a fully cached RDD needs none. */
  #missingParents(stage: Stage): Stage[] {
    // News of evicted partitions may be late or lost: once a task found its input missing, the stage relies on shuffles alone.
    const trustCaches = stage.failedAttempts.size === 0;
    const shuffles = this.#lineage.parentShuffles(stage.rddId, trustCaches ? (rddId) => this.#lineage.isFullyCached(rddId) : undefined);
    return shuffles
      .filter((shuffle) => !this.mapOutputs.isAvailable(shuffle.shuffleId))
      .map((shuffle) => this.#neededShuffleStage(shuffle, stage))
      .toSorted((a, b) => b.id - a.id);
  }

  #neededShuffleStage(shuffle: ShuffleInfo, child: Stage): Stage {
    const stage = this.#shuffleStage(shuffle, child.firstJobId);
    for (const jobId of child.jobIds) this.#markNeeded(stage, jobId);
    return stage;
  }

  #missingPartitions(stage: Stage): number[] {
    if (stage.output.kind === "shuffle") return this.mapOutputs.missing(stage.output.shuffle.shuffleId);
    const { job } = stage.output;
    // A caller may ask for a partition twice; it is computed once.
    return [...new Set(job.submission.partitions.filter((_, index) => job.finished[index] === 0))];
  }

  #submitMissingTasks(stage: Stage, nowMs: number): void {
    if (stage.isBarrier) this.#startOver(stage);
    if (stage.isIndeterminate && stage.wasRead) this.#rollBack(stage, nowMs);
    if (stage.jobIds.size === 0) return;
    for (const parent of stage.parents) parent.wasRead = true;
    const partitions = this.#missingPartitions(stage);
    stage.attempt++;
    // A barrier stage counts as a whole or not at all.
    if (stage.isBarrier) stage.validSince = stage.attempt;
    stage.pending.clear();
    stage.submittedAtMs = nowMs;
    const properties = this.#stageProperties(stage);
    if (partitions.length === 0) return this.#stageFinished(stage, nowMs);
    stage.state = "running";
    for (const partition of partitions) stage.pending.add(partition);
    this.#post({ kind: "StageSubmitted", stage: this.#stageFact(stage), properties });
    const preferred = this.#lineage.preferredLocations(stage.rddId, partitions);
    const { taskMs } = this.#lineage.rdd(stage.rddId);
    const groups = bucketGroups(this.#lineage, this.#buckets, stage.rddId, partitions);
    this.#actions.push({
      kind: "SubmitTaskSet",
      taskSet: {
        stageId: stage.id,
        stageAttempt: stage.attempt,
        priority: Math.min(...stage.jobIds),
        pool: properties["spark.scheduler.pool"] ?? "default",
        partitions,
        plan: stage.plan,
        properties,
        jobIds: [...stage.jobIds],
        ...(preferred === undefined ? {} : { preferredLocations: preferred }),
        ...(groups === undefined ? {} : { groups }),
        ...(stage.validSince > 0 ? { validSince: stage.validSince } : {}),
        ...(stage.resources?.cpus === undefined ? {} : { cpus: stage.resources.cpus }),
        ...(taskMs === undefined ? {} : { taskMs }),
        ...(stage.isBarrier ? { isBarrier: true } : {}),
      },
    });
  }

  #stageProperties(stage: Stage): Readonly<Record<string, string>> {
    return this.#jobs.get(Math.min(...stage.jobIds))?.properties ?? {};
  }

  #stageFinished(stage: Stage, nowMs: number): void {
    stage.state = "none";
    stage.failedAttempts.clear();
    this.#stageCompleted(stage, nowMs);
    for (const child of this.#stages.values()) {
      if (child.state !== "waiting" || !child.parents.includes(stage)) continue;
      child.state = "none";
      this.#submitStage(child, nowMs);
    }
  }

  #stageCompleted(stage: Stage, nowMs: number, failureReason?: string): void {
    stage.completedAtMs = nowMs;
    this.#post({ kind: "StageCompleted", stage: this.#stageFact(stage, failureReason) });
  }

  // ---- tasks

  #taskEnded(task: TaskIdentity, report: TaskReport, nowMs: number): void {
    const stage = this.#stages.get(task.stageId);
    this.#postTaskEnd(task, report, stage);
    const { reason } = report;
    if (stage?.isBarrier === true) {
      // Only its newest attempt as a whole counts.
      if (stage.state !== "running" || stage.attempt !== task.stageAttempt) return;
      if (reason.kind !== "Success") return this.#barrierFailed(stage, reason, nowMs);
    }
    if (reason.kind === "Success") {
      if (report.mapStatus !== undefined) return this.#mapTaskSucceeded(task, report, stage, nowMs);
      if (stage?.output.kind === "result") this.#resultArrived(stage, stage.output.job, task, report, nowMs);
      return;
    }
    if (stage === undefined) return;
    if (reason.kind === "FetchFailed") this.#fetchFailed(stage, task, reason, nowMs);
    if (reason.kind === "Resubmitted" && stage.attempt === task.stageAttempt) stage.pending.add(task.partition);
  }

  /** Results of a barrier stage count when all are there: until then, all of it may have to run again. */
  #resultArrived(stage: Stage, job: ActiveJob, task: TaskIdentity, report: TaskReport, nowMs: number): void {
    if (!stage.isBarrier) return this.#resultTaskSucceeded(stage, job, task, report, nowMs);
    stage.held.set(task.partition, { task, report });
    if (stage.held.size < stage.pending.size) return;
    const all = [...stage.held.values()];
    stage.held.clear();
    for (const held of all) this.#resultTaskSucceeded(stage, job, held.task, held.report, nowMs);
  }

  #resultTaskSucceeded(stage: Stage, job: ActiveJob, task: TaskIdentity, report: TaskReport, nowMs: number): void {
    const { partitions, jobId } = job.submission;
    // A caller may ask for the same partition twice; each asking gets the value.
    const indexes = job.indexesOf.get(task.partition) ?? [];
    if (indexes.every((index) => job.finished[index] === 1) || task.stageAttempt < stage.validSince) return;
    if (report.accumulators !== undefined) this.#actions.push({ kind: "ApplyAccumulators", jobIds: [jobId], updates: report.accumulators });
    assert(report.result !== undefined, "a successful result task reports a value");
    for (const index of indexes) {
      job.finished[index] = 1;
      job.numFinished++;
      this.#actions.push({ kind: "TaskResult", jobId, index, value: report.result });
    }
    stage.pending.delete(task.partition);
    if (job.numFinished < partitions.length) return;
    stage.state = "none";
    this.#stageCompleted(stage, nowMs);
    this.#endJob(job, undefined, nowMs);
  }

  #mapTaskSucceeded(task: TaskIdentity, report: TaskReport, stage: Stage | undefined, nowMs: number): void {
    const status = report.mapStatus;
    assert(status !== undefined, "a successful map task reports its output");
    const owner = this.#shuffleStages.get(status.shuffleId);
    if (owner !== undefined && task.stageAttempt < owner.validSince) return;
    const outcome = this.mapOutputs.commit(status);
    if (outcome === "committed") this.#actions.push({ kind: "MapOutputsChanged", shuffleId: status.shuffleId });
    if (stage === undefined || owner !== stage) return;
    if (report.accumulators !== undefined && outcome === "committed") {
      this.#actions.push({ kind: "ApplyAccumulators", jobIds: [...stage.jobIds], updates: report.accumulators });
    }
    if (task.stageAttempt === stage.attempt || outcome === "committed") stage.pending.delete(task.partition);
    if (stage.state !== "running" || stage.pending.size > 0) return;
    if (this.mapOutputs.isAvailable(status.shuffleId)) return this.#stageFinished(stage, nowMs);
    // Outputs were withdrawn while the stage ran: the missing ones run again.
    this.#stageCompleted(stage, nowMs);
    stage.state = "none";
    this.#submitStage(stage, nowMs);
  }

  /** Gives up what a barrier stage has of its output, if that is not all. */
  #startOver(stage: Stage): void {
    stage.held.clear();
    if (stage.output.kind !== "shuffle") return;
    const { shuffleId } = stage.output.shuffle;
    if (!this.mapOutputs.isAvailable(shuffleId)) this.#withdrawAll(shuffleId);
  }

  /**
   * Some output of the stage was lost and cannot be made again as it was. So none of it counts any more, nor what was made of it:
   * stages that read it run again from the start, and a job that has results from it already cannot be finished.
   * @see Spark's DAGScheduler, rollbackSucceedingStages
   */
  #rollBack(stage: Stage, nowMs: number): void {
    if (stage.output.kind !== "shuffle" || this.mapOutputs.isAvailable(stage.output.shuffle.shuffleId)) return;
    for (const each of [stage, ...this.#succeeding(stage)]) {
      each.validSince = each.attempt + 1;
      each.wasRead = false;
      if (each.output.kind === "shuffle") {
        this.#withdrawAll(each.output.shuffle.shuffleId);
      } else if (each.output.job.numFinished > 0) {
        const error = coreErrors.create("INDETERMINATE_STAGE_LOST", { stageId: stage.id, name: stage.name, resultStageId: each.id });
        this.#abortStage(each, errorToData(error), nowMs);
        continue;
      }
      // Whatever still runs of it, also of attempts that failed, must neither count nor keep others from committing.
      if (each.attempt >= 0) {
        this.#actions.push({ kind: "CancelStage", stageId: each.id, reason: `the output of stage ${stage.id} is made again` });
      }
      if (each.state !== "running") continue;
      each.state = "failed";
      each.held.clear();
      this.#stageCompleted(each, nowMs, `the output of stage ${stage.id} is made again and may be another`);
      this.#scheduleResubmit();
    }
  }

  /** The stages that read the output of a stage, or of one that does. */
  #succeeding(stage: Stage): Stage[] {
    const all = new Set([...this.#shuffleStages.values(), ...this.#stages.values()]);
    const found = new Set([stage]);
    for (const next of found) for (const each of all) if (each.parents.includes(next)) found.add(each);
    found.delete(stage);
    return [...found];
  }

  #withdrawAll(shuffleId: number): void {
    const withdrawn = (this.mapOutputs.statuses(shuffleId) ?? []).flatMap((_, map) =>
      this.mapOutputs.withdraw(shuffleId, map) ? [map] : [],
    );
    for (const map of withdrawn) this.#actions.push({ kind: "FreeMapOutput", shuffleId, mapPartition: map });
    if (withdrawn.length > 0) this.#actions.push({ kind: "MapOutputsChanged", shuffleId });
  }

  /** One task of a barrier stage has failed, and with it the attempt: the other tasks end, and all run again. */
  #barrierFailed(stage: Stage, reason: TaskReport["reason"], nowMs: number): void {
    const why = describeReason(reason);
    if (reason.kind === "FetchFailed") this.#withdrawUnreadable(reason, stage.failedAttempts.size > 0);
    stage.failedAttempts.add(stage.attempt);
    this.#actions.push({ kind: "CancelStage", stageId: stage.id, reason: "another task of its barrier stage has failed" });
    this.#startOver(stage);
    if (stage.failedAttempts.size >= this.#options.maxConsecutiveAttempts) {
      const { id: stageId, name, failedAttempts } = stage;
      const error = errorToData(coreErrors.create("BARRIER_STAGE_FAILED", { stageId, name, attempts: failedAttempts.size, reason: why }));
      return this.#abortStage(stage, reason.kind === "ExceptionFailure" ? { ...error, cause: reason.error } : error, nowMs);
    }
    stage.state = "failed";
    this.#stageCompleted(stage, nowMs, why);
    if (reason.kind === "FetchFailed") this.#mapStageFailed(reason.shuffleId);
    this.#scheduleResubmit();
  }

  #mapStageFailed(shuffleId: number): void {
    const mapStage = this.#shuffleStages.get(shuffleId);
    if (mapStage !== undefined && mapStage.state === "none" && mapStage.jobIds.size > 0) mapStage.state = "failed";
  }

  #scheduleResubmit(): void {
    if (this.#resubmitScheduled) return;
    this.#resubmitScheduled = true;
    this.#actions.push({ kind: "ScheduleResubmit", delayMs: this.#options.resubmitDelayMs });
  }

  #fetchFailed(stage: Stage, task: TaskIdentity, reason: FetchFailed, nowMs: number): void {
    if (task.stageAttempt !== stage.attempt) return;
    stage.failedAttempts.add(task.stageAttempt);
    this.#withdrawUnreadable(reason, stage.failedAttempts.size > 1);
    if (stage.failedAttempts.size >= this.#options.maxConsecutiveAttempts) {
      const error = coreErrors.create("STAGE_ATTEMPTS_EXHAUSTED", {
        stageId: stage.id,
        name: stage.name,
        attempts: stage.failedAttempts.size,
        reason: reason.message,
      });
      return this.#abortStage(stage, errorToData(error), nowMs);
    }
    if (stage.state === "running") {
      // Its other running tasks may well finish, and then count.
      stage.state = "failed";
      this.#stageCompleted(stage, nowMs, reason.message);
    }
    this.#mapStageFailed(reason.shuffleId);
    this.#scheduleResubmit();
  }

  /**
   * Withdraws the output that could not be read, unless another attempt at it was committed since: tasks of a stage that has failed
   * go on, and say so while what they miss is made again. When a stage fails again in spite of that, the executor's other outputs of the
   * shuffle are given up too: readers meet them one after another and would use up the stage's attempts.
   */
  #withdrawUnreadable(reason: FetchFailed, allOfExecutor: boolean): void {
    const { shuffleId, mapPartition, mapTaskId, executorId } = reason;
    const statuses = this.mapOutputs.statuses(shuffleId) ?? [];
    if (statuses[mapPartition]?.taskId !== mapTaskId) return;
    const lost = allOfExecutor ? statuses.flatMap((status, map) => (status?.executorId === executorId ? [map] : [])) : [mapPartition];
    const withdrawn = lost.filter((map) => this.mapOutputs.withdraw(shuffleId, map));
    for (const map of withdrawn) this.#actions.push({ kind: "FreeMapOutput", shuffleId, mapPartition: map });
    if (withdrawn.length > 0) this.#actions.push({ kind: "MapOutputsChanged", shuffleId });
  }

  #resubmitFailed(nowMs: number): void {
    this.#resubmitScheduled = false;
    const failed = [...this.#stages.values()].filter((stage) => stage.state === "failed").toSorted((a, b) => a.id - b.id);
    for (const stage of failed) {
      // What went before may have ended its job, or have submitted it as a parent.
      if (stage.state !== "failed") continue;
      stage.state = "none";
      this.#submitStage(stage, nowMs);
    }
  }

  #executorLost(executorId: string, shuffleOutputLost: boolean, nowMs: number): void {
    this.#lineage.executorLost(executorId);
    if (!shuffleOutputLost) return;
    for (const shuffleId of this.mapOutputs.withdrawExecutor(executorId)) {
      this.#actions.push({ kind: "MapOutputsChanged", shuffleId });
      this.#resubmitIfIdle(shuffleId, nowMs);
    }
  }

  #streamsLost(shuffleId: number, epoch: number, nowMs: number): void {
    if (!this.mapOutputs.withdrawStreams(shuffleId, epoch)) return;
    this.#actions.push({ kind: "MapOutputsChanged", shuffleId });
    this.#resubmitIfIdle(shuffleId, nowMs);
  }

  /** Executors that cache a partition. */
  cachedOn(rddId: number, partition: number): readonly string[] {
    return this.#lineage.cachedOn(rddId, partition);
  }

  /** The shuffle of an id, or undefined when no job has brought it. */
  shuffle(shuffleId: number): ShuffleInfo | undefined {
    return this.#lineage.knownShuffle(shuffleId);
  }

  /** A lost output whose children wait for it must be made again now; running children will ask by a fetch failure. */
  #resubmitIfIdle(shuffleId: number, nowMs: number): void {
    const stage = this.#shuffleStages.get(shuffleId);
    if (stage === undefined || stage.state !== "none") return;
    const waits = [...this.#stages.values()].some((child) => child.state === "waiting" && child.parents.includes(stage));
    if (waits) this.#submitStage(stage, nowMs);
  }

  // ---- facts

  #stageFact(stage: Stage, failureReason?: string): StageFact {
    return {
      stageId: stage.id,
      attempt: Math.max(0, stage.attempt),
      name: stage.name,
      numTasks: stage.state === "running" ? stage.pending.size : stage.numPartitions,
      rddIds: [stage.rddId],
      parentIds: stage.parents.map((parent) => parent.id),
      resourceProfileId: stage.resources?.profileId ?? 0,
      ...(stage.submittedAtMs > 0 ? { submittedAtMs: stage.submittedAtMs } : {}),
      ...(stage.completedAtMs > 0 ? { completedAtMs: stage.completedAtMs } : {}),
      ...(failureReason === undefined ? {} : { failureReason }),
    };
  }

  #postTaskEnd(task: TaskIdentity, report: TaskReport, stage: Stage | undefined): void {
    const startedAtMs = this.#launchedAtMs.get(task.taskId) ?? report.startedAtMs;
    const fetched = report.result !== undefined && isFetched(report.result);
    if (fetched) this.#post({ kind: "TaskGettingResult", task, startedAtMs, timeMs: report.finishedAtMs });
    this.#post({
      kind: "TaskEnd",
      task,
      taskType: stage?.output.kind === "result" || report.result !== undefined ? "ResultTask" : "ShuffleMapTask",
      reason: report.reason,
      startedAtMs,
      ...(fetched ? { gettingResultAtMs: report.finishedAtMs } : {}),
      finishedAtMs: report.finishedAtMs,
      ...(report.metrics === undefined ? {} : { metrics: report.metrics }),
    });
    this.#launchedAtMs.delete(task.taskId);
  }

  #post(event: SchedulerFact): void {
    this.#actions.push({ kind: "Post", event });
  }
}

function cancelled(jobId: number, reason: string): ErrorData {
  return errorToData(coreErrors.create("JOB_CANCELLED", { jobId, reason }));
}
