import { assert } from "@vonk/common/internal";
import type { ErrorData } from "@vonk/common";
import { errorToData } from "@vonk/common";
import { coreErrors } from "../errors.ts";
import { recordsRead, type TaskEndReason, type TaskProgress, type TaskReport } from "../message/task-result.ts";
import type { StagePlan } from "../plan/stage-plan.ts";
import { barrierAddressesProperty } from "./barrier-coordinator.ts";
import { type ExecutorSlots, executorSlots, freeSlotsFor, slotsFor, taskCpusProperty } from "./executor-slots.ts";
import { HealthTracker } from "./health-tracker.ts";
import type { PoolTable } from "./pool.ts";
import type { TaskIdentity, TaskSet } from "./scheduler-event.ts";
import type { SchedulingFact } from "./scheduling-fact.ts";
import { TaskSetManager, type TaskSetPolicies } from "./task-set-manager.ts";

/** What can happen to the task scheduler. `nowMs` is monotonic time. */
export type TaskSchedulerEvent =
  | { readonly kind: "SubmitTaskSet"; readonly taskSet: TaskSet; readonly nowMs: number }
  | { readonly kind: "CancelStage"; readonly stageId: number; readonly reason: string; readonly nowMs: number }
  | { readonly kind: "KillTask"; readonly taskId: number; readonly reason: string; readonly nowMs: number }
  | {
      readonly kind: "ExecutorAdded";
      readonly executorId: string;
      readonly host: string;
      readonly slots: number;
      readonly cores: number;
      readonly nowMs: number;
    }
  | {
      readonly kind: "ExecutorLost";
      readonly executorId: string;
      readonly message: string;
      readonly exitCausedByApp: boolean;
      readonly nowMs: number;
    }
  | { readonly kind: "StatusUpdate"; readonly executorId: string; readonly reports: readonly TaskReport[]; readonly nowMs: number }
  | { readonly kind: "TasksProgressed"; readonly executorId: string; readonly progress: readonly TaskProgress[]; readonly nowMs: number }
  | { readonly kind: "ReviveOffers"; readonly nowMs: number }
  | { readonly kind: "CheckSpeculation"; readonly nowMs: number };

/** Tasks of one stage for one executor, in the order in which they should start. */
export interface TaskBatch {
  readonly executorId: string;
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly plan: StagePlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly tasks: readonly TaskIdentity[];
}

/** What the task scheduler wants done. */
export type TaskSchedulerAction =
  | { readonly kind: "LaunchTasks"; readonly batch: TaskBatch }
  | { readonly kind: "KillTask"; readonly executorId: string; readonly taskId: number; readonly reason: string }
  | { readonly kind: "TaskStarted"; readonly task: TaskIdentity }
  | { readonly kind: "TaskEnded"; readonly task: TaskIdentity; readonly report: TaskReport }
  | { readonly kind: "TaskSetFailed"; readonly stageId: number; readonly stageAttempt: number; readonly error: ErrorData }
  | { readonly kind: "TaskSetFinished"; readonly stageId: number; readonly stageAttempt: number }
  | { readonly kind: "DropOutput"; readonly report: TaskReport }
  | { readonly kind: "ScheduleOffers"; readonly delayMs: number }
  | { readonly kind: "ScheduleSpeculation"; readonly delayMs: number }
  /** Ends executors; the cluster replaces them. */
  | { readonly kind: "KillExecutors"; readonly executorIds: readonly string[] }
  | { readonly kind: "Post"; readonly fact: SchedulingFact };

/** How long a barrier stage waits for executors with enough slots. */
export interface BarrierSlotOptions {
  /** `spark.scheduler.barrier.maxConcurrentTasksCheck.interval` */
  readonly checkIntervalMs: number;
  /** `spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures`: checks without enough slots before the stage fails. */
  readonly checkFailuresMax: number;
}

/** Limits of the task scheduler. */
export interface TaskSchedulerOptions extends TaskSetPolicies {
  /** `spark.task.maxFailures` */
  readonly maxFailures: number;
  /** `spark.locality.wait` */
  readonly localityWaitMs: number;
  readonly pools: PoolTable;
  /** Work that may be queued at an executor beyond its running tasks, so that tiny tasks do not wait for the next message. */
  readonly queueAheadMs: number;
  readonly queueAheadTasksMax: number;
  readonly barrier: BarrierSlotOptions;
  /** How long a set whose tasks take more cores than any executor has waits for a larger one. */
  readonly coresWaitMs: number;
}

/** How much more work is queued at an executor that is the only one: no other could begin it sooner, only other stages wait for it. */
const aloneFactor = 25;

/**
 * Offers the free slots of executors to task sets by pool, locality and order, and retries what failed.
 *
 * Pure like the DAG scheduler. An executor may hold more tasks than slots, as many as it is expected to finish within
 * `queueAheadMs`, judged by the mean run time of the stage's tasks, or before there is one by what the program thinks: one message then
 * carries many tiny tasks.
 * @see Spark's core/scheduler/TaskSchedulerImpl.scala
 */
export class TaskScheduler {
  readonly #options: TaskSchedulerOptions;
  readonly #executors = new Map<string, ExecutorSlots>();
  readonly #sets = new Map<string, TaskSetManager>();
  readonly #byTask = new Map<number, TaskSetManager>();
  readonly #tasks = new Map<number, TaskIdentity>();
  /** Mean run time of a stage's tasks, by stage id, for {@link #queueLimit}. */
  readonly #meanRunMs = new Map<number, number>();
  readonly #health: HealthTracker | undefined;
  /** Sets with a task that may run nowhere, and when they are given up. */
  readonly #unschedulable = new Map<TaskSetManager, number>();
  #speculationScheduled = false;
  /** Barrier sets that have too few slots, how often that was found, and when it is looked at again. */
  readonly #slotChecks = new Map<TaskSetManager, { failures: number; nextMs: number }>();
  /** Sets whose tasks take more cores than any executor has, and when they are given up. */
  readonly #coresMissing = new Map<TaskSetManager, number>();
  #nextTaskId = 0;
  /** When the next ReviveOffers that was asked for is due; infinite when none is. */
  #nextOffersMs = Number.POSITIVE_INFINITY;
  #actions: TaskSchedulerAction[] = [];

  constructor(options: TaskSchedulerOptions) {
    this.#options = options;
    this.#health = options.exclude === undefined ? undefined : new HealthTracker(options.exclude);
  }

  /** Takes one event; gives the actions it causes, in order. */
  step(event: TaskSchedulerEvent): TaskSchedulerAction[] {
    this.#handle(event);
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  get executors(): ReadonlyMap<string, ExecutorSlots> {
    return this.#executors;
  }

  get taskSets(): Iterable<TaskSetManager> {
    return this.#sets.values();
  }

  /** The task attempts that were launched and have not ended. */
  get liveTasks(): ReadonlyMap<number, TaskIdentity> {
    return this.#tasks;
  }

  #handle(event: TaskSchedulerEvent): void {
    switch (event.kind) {
      case "SubmitTaskSet":
        return this.#submit(event.taskSet, event.nowMs);
      case "CancelStage":
        return this.#cancelStage(event.stageId, event.reason);
      case "KillTask":
        return this.#killTask(event.taskId, event.reason);
      case "ExecutorAdded":
        return this.#executorAdded(event.executorId, event.host, event.slots, event.cores, event.nowMs);
      case "ExecutorLost":
        return this.#executorLost(event.executorId, event.message, event.exitCausedByApp, event.nowMs);
      case "StatusUpdate":
        for (const report of event.reports) this.#taskReported(event.executorId, report, event.nowMs);
        return this.#offer(event.nowMs);
      case "TasksProgressed":
        for (const { taskId, recordsRead: records } of event.progress) {
          if (this.#tasks.get(taskId)?.executorId === event.executorId) this.#byTask.get(taskId)?.progressed(taskId, records, event.nowMs);
        }
        return;
      case "ReviveOffers":
        if (event.nowMs >= this.#nextOffersMs) this.#nextOffersMs = Number.POSITIVE_INFINITY;
        return this.#offer(event.nowMs);
      case "CheckSpeculation":
        return this.#checkSpeculation(event.nowMs);
    }
  }

  #submit(taskSet: TaskSet, nowMs: number): void {
    // An older attempt of the stage launches nothing more, whatever still runs of it.
    for (const set of this.#sets.values()) if (set.taskSet.stageId === taskSet.stageId) set.zombie = true;
    this.#sets.set(keyOf(taskSet), new TaskSetManager(taskSet, this.#options.localityWaitMs, nowMs, this.#executors, this.#options));
    this.#scheduleSpeculation();
    this.#offer(nowMs);
  }

  #cancelStage(stageId: number, reason: string): void {
    for (const [key, set] of this.#sets) {
      if (set.taskSet.stageId !== stageId) continue;
      set.zombie = true;
      for (const task of set.runningTasks) this.#kill(task, reason);
      if (set.runningCount === 0) this.#removeSet(key, stageId);
    }
  }

  #removeSet(key: string, stageId: number): void {
    const removed = this.#sets.get(key);
    this.#sets.delete(key);
    if (removed !== undefined) this.#schedulable(removed);
    if (removed !== undefined) this.#slotChecks.delete(removed);
    if (removed !== undefined) this.#coresMissing.delete(removed);
    for (const set of this.#sets.values()) if (set.taskSet.stageId === stageId) return;
    this.#meanRunMs.delete(stageId);
  }

  #killTask(taskId: number, reason: string): void {
    const task = this.#tasks.get(taskId);
    if (task !== undefined) this.#kill(task, reason);
  }

  #kill(task: TaskIdentity, reason: string): void {
    this.#actions.push({ kind: "KillTask", executorId: task.executorId, taskId: task.taskId, reason });
  }

  // ---- offers

  #offer(nowMs: number): void {
    if (this.#health !== undefined) this.#expire(this.#health, nowMs);
    for (const set of this.#sets.values()) if (set.cpus > 1) this.#checkCores(set, nowMs);
    const sets = [...this.#sets.values()];
    const hungry = sets.filter((set) => set.isHungry);
    if (hungry.length === 0 || this.#executors.size === 0) return;
    const batches = new Map<string, { set: TaskSetManager; executor: ExecutorSlots; tasks: TaskIdentity[] }>();
    if (this.#options.pools.rootMode === "FAIR") this.#offerOneByOne(sets, batches, nowMs);
    else for (const set of this.#options.pools.order(hungry)) this.#offerTo(set, batches, nowMs, Number.MAX_SAFE_INTEGER);
    for (const { set, executor, tasks } of batches.values()) {
      const { stageId, stageAttempt, plan } = set.taskSet;
      const properties = propertiesOf(set);
      this.#actions.push({
        kind: "LaunchTasks",
        batch: { executorId: executor.executorId, stageId, stageAttempt, plan, properties, tasks },
      });
    }
    this.#scheduleLocalityWait(hungry, nowMs);
    if (this.#health !== undefined) this.#findStuck(hungry, batches.size > 0, this.#health, nowMs);
  }

  /** FAIR order changes with every launch, so one task is given out at a time. */
  #offerOneByOne(sets: readonly TaskSetManager[], batches: OfferBatches, nowMs: number): void {
    for (let launched = true; launched;) {
      launched = false;
      for (const set of this.#options.pools.order(sets)) {
        if (!set.isHungry || this.#offerTo(set, batches, nowMs, 1) === 0) continue;
        launched = true;
        break;
      }
    }
  }

  /** Launches up to `limit` tasks of a set, one an executor and round; gives how many. */
  #offerTo(set: TaskSetManager, batches: OfferBatches, nowMs: number, limit: number): number {
    if (set.taskSet.isBarrier === true) return this.#offerBarrier(set, batches, nowMs);
    let launched = 0;
    for (let progress = true; progress && launched < limit;) {
      progress = false;
      for (const executor of this.#executors.values()) {
        if (launched >= limit || !this.#mayLaunch(set, executor)) continue;
        if (this.#health?.isExcluded(executor.executorId, executor.host) === true) continue;
        if (!this.#launchOn(executor, set, batches, nowMs)) continue;
        launched++;
        progress = true;
      }
    }
    return launched;
  }

  #launchOn(executor: ExecutorSlots, set: TaskSetManager, batches: OfferBatches, nowMs: number): boolean {
    const task = set.dequeue(executor, this.#nextTaskId, nowMs);
    if (task === undefined) return false;
    this.#nextTaskId++;
    this.#occupy(executor, set, 1);
    this.#tasks.set(task.taskId, task);
    this.#byTask.set(task.taskId, set);
    const key = `${executor.executorId} ${keyOf(set.taskSet)}`;
    const batch = batches.get(key) ?? { set, executor, tasks: [] };
    batches.set(key, batch);
    batch.tasks.push(task);
    this.#actions.push({ kind: "TaskStarted", task });
    return true;
  }

  /** Tasks that take what most take are queued ahead, unless others are there: which of them run at once would be up to chance. */
  #mayLaunch(set: TaskSetManager, executor: ExecutorSlots): boolean {
    if (set.cpus !== this.#taskCpus || executor.weighted > 0) return freeSlotsFor(executor, set.cpus) > 0;
    return executor.cores >= set.cpus && executor.launched < this.#queueLimit(set, executor);
  }

  get #taskCpus(): number {
    return this.#options.taskCpus ?? 1;
  }

  #occupy(executor: ExecutorSlots, set: TaskSetManager, tasks: 1 | -1): void {
    executor.launched += tasks;
    executor.coresUsed += tasks * set.cpus;
    if (set.cpus !== this.#taskCpus) executor.weighted += tasks;
  }

  /** Gives a set up whose tasks fit into no executor; on a cluster a larger one may be on its way. */
  #checkCores(set: TaskSetManager, nowMs: number): void {
    const executors = [...this.#executors.values()];
    if (executors.length === 0 || !set.hasPending || executors.some((executor) => slotsFor(executor, set.cpus) > 0)) {
      this.#coresMissing.delete(set);
      return;
    }
    const untilMs = this.#coresMissing.get(set) ?? nowMs + this.#options.coresWaitMs;
    this.#coresMissing.set(set, untilMs);
    if (nowMs < untilMs) return this.#wakeIn(Math.max(1, Math.ceil(untilMs - nowMs)), nowMs);
    const { stageId } = set.taskSet;
    const cores = Math.max(...executors.map((executor) => executor.cores));
    this.#failSet(set, errorToData(coreErrors.create("TASK_CORES_MISSING", { stageId, cpus: set.cpus, cores })));
    if (set.runningCount === 0) this.#removeSet(keyOf(set.taskSet), stageId);
  }

  /** All tasks of a barrier set or none: none until there are free slots for all of them. */
  #offerBarrier(set: TaskSetManager, batches: OfferBatches, nowMs: number): number {
    const tasks = set.taskSet.partitions.length;
    const executors = [...this.#executors.values()].filter(({ executorId, host }) => this.#health?.isExcluded(executorId, host) !== true);
    const slots = executors.reduce((sum, executor) => sum + slotsFor(executor, set.cpus), 0);
    if (slots < tasks) return (this.#slotsMissing(set, slots, nowMs), 0);
    if (executors.reduce((sum, executor) => sum + freeSlotsFor(executor, set.cpus), 0) < tasks) return 0;
    this.#slotChecks.delete(set);
    for (let launched = 0; launched < tasks;) {
      for (const executor of executors) {
        if (freeSlotsFor(executor, set.cpus) > 0 && this.#launchOn(executor, set, batches, nowMs)) launched++;
      }
    }
    return tasks;
  }

  /** Looks again now and then: executors may be on their way. */
  #slotsMissing(set: TaskSetManager, slots: number, nowMs: number): void {
    const { checkIntervalMs, checkFailuresMax } = this.#options.barrier;
    const check = this.#slotChecks.get(set) ?? { failures: 0, nextMs: nowMs };
    this.#slotChecks.set(set, check);
    if (nowMs >= check.nextMs) {
      check.failures++;
      check.nextMs = nowMs + checkIntervalMs;
    }
    if (check.failures <= checkFailuresMax) return this.#wakeIn(Math.max(1, Math.ceil(check.nextMs - nowMs)), nowMs);
    const { stageId, partitions } = set.taskSet;
    this.#failSet(set, errorToData(coreErrors.create("BARRIER_SLOTS_MISSING", { stageId, tasks: partitions.length, slots })));
    this.#removeSet(keyOf(set.taskSet), stageId);
  }

  #queueLimit(set: TaskSetManager, executor: ExecutorSlots): number {
    const { stageId, taskMs } = set.taskSet;
    const mean = this.#meanRunMs.get(stageId) ?? taskMs;
    if (mean === undefined) return executor.slots;
    const { queueAheadMs, queueAheadTasksMax } = this.#options;
    const aheadMs = this.#executors.size === 1 ? queueAheadMs * aloneFactor : queueAheadMs;
    const ahead = Math.min(queueAheadTasksMax, Math.floor(aheadMs / Math.max(mean, 0.001)));
    return executor.slots * Math.max(1, ahead);
  }

  #scheduleLocalityWait(sets: readonly TaskSetManager[], nowMs: number): void {
    const executors = [...this.#executors.values()];
    const waits = sets.flatMap((set) =>
      executors.some((executor) => freeSlotsFor(executor, set.cpus) > 0) ? (set.localityWaitLeftMs(nowMs) ?? []) : [],
    );
    if (waits.length === 0) return;
    // Whole milliseconds: a remainder that the clock cannot express would be due at once, again and again.
    this.#wakeIn(Math.max(1, Math.ceil(Math.min(...waits))), nowMs);
  }

  /** Asks for a ReviveOffers, unless an earlier one is on its way. */
  #wakeIn(delayMs: number, nowMs: number): void {
    if (nowMs + delayMs >= this.#nextOffersMs) return;
    this.#nextOffersMs = nowMs + delayMs;
    this.#actions.push({ kind: "ScheduleOffers", delayMs });
  }

  // ---- speculation

  #scheduleSpeculation(): void {
    const { speculation } = this.#options;
    if (speculation === undefined || this.#speculationScheduled || this.#sets.size === 0) return;
    this.#speculationScheduled = true;
    this.#actions.push({ kind: "ScheduleSpeculation", delayMs: speculation.intervalMs });
  }

  #checkSpeculation(nowMs: number): void {
    this.#speculationScheduled = false;
    const slow = [...this.#sets.values()].flatMap((set) => set.findSlow(nowMs));
    this.#post(slow.map((task) => ({ kind: "SpeculativeTaskSubmitted", task })));
    this.#scheduleSpeculation();
    if (slow.length > 0) this.#offer(nowMs);
  }

  // ---- exclusion

  #post(facts: readonly SchedulingFact[]): void {
    for (const fact of facts) this.#actions.push({ kind: "Post", fact });
  }

  /** Ends exclusions and gives up sets whose time is over. */
  #expire(health: HealthTracker, nowMs: number): void {
    this.#post(health.expire(nowMs));
    for (const [set, untilMs] of this.#unschedulable) {
      if (untilMs > nowMs) continue;
      const partition = this.#stuckPartition(set, health);
      if (partition === undefined) this.#schedulable(set);
      else this.#giveUp(set, partition);
    }
  }

  #stuckPartition(set: TaskSetManager, health: HealthTracker): number | undefined {
    return set.stuckPartition((executor) => health.isExcluded(executor.executorId, executor.host) || slotsFor(executor, set.cpus) === 0);
  }

  /** Looks for tasks that may run nowhere; while anything is launched there is hope for them. */
  #findStuck(hungry: readonly TaskSetManager[], launchedAny: boolean, health: HealthTracker, nowMs: number): void {
    if (Number.isFinite(health.nextExpiryMs)) this.#wakeIn(Math.max(1, Math.ceil(health.nextExpiryMs - nowMs)), nowMs);
    if (launchedAny) for (const set of this.#unschedulable.keys()) this.#schedulable(set);
    for (const set of launchedAny ? [] : hungry) {
      const partition = this.#stuckPartition(set, health);
      if (partition !== undefined) this.#isStuck(set, partition, nowMs);
    }
    const soonestMs = Math.min(...this.#unschedulable.values());
    if (Number.isFinite(soonestMs)) this.#wakeIn(Math.max(1, Math.ceil(soonestMs - nowMs)), nowMs);
  }

  /** Where executors can be replaced, an idle one is given up for a new one, which gets some time to come. */
  #isStuck(set: TaskSetManager, partition: number, nowMs: number): void {
    const timeoutMs = this.#options.exclude?.unschedulableTimeoutMs;
    if (timeoutMs === undefined) return this.#giveUp(set, partition);
    if (this.#unschedulable.has(set)) return;
    this.#unschedulable.set(set, nowMs + timeoutMs);
    const { stageId, stageAttempt } = set.taskSet;
    this.#post([{ kind: "UnschedulableTaskSetAdded", stageId, stageAttempt }]);
    const idle = this.#executors.values().find(({ launched }) => launched === 0);
    if (idle !== undefined) this.#actions.push({ kind: "KillExecutors", executorIds: [idle.executorId] });
  }

  #schedulable(set: TaskSetManager): void {
    if (!this.#unschedulable.delete(set)) return;
    const { stageId, stageAttempt } = set.taskSet;
    this.#post([{ kind: "UnschedulableTaskSetRemoved", stageId, stageAttempt }]);
  }

  #giveUp(set: TaskSetManager, partition: number): void {
    this.#schedulable(set);
    const { stageId } = set.taskSet;
    const error = coreErrors.create("TASK_EXCLUDED_EVERYWHERE", { stageId, partition, reason: set.lastFailure });
    this.#failSet(set, errorToData(error));
    if (set.runningCount === 0) this.#removeSet(keyOf(set.taskSet), stageId);
  }

  /** The application avoids executors from now on, and ends them when told to. */
  #excluded(facts: readonly SchedulingFact[]): void {
    this.#post(facts);
    if (this.#options.exclude?.killsExcluded !== true) return;
    const executorIds = facts.flatMap((fact) => {
      if (fact.kind === "ExecutorExcluded") return [fact.executorId];
      if (fact.kind !== "NodeExcluded") return [];
      return [...this.#executors.values()].filter(({ host }) => host === fact.host).map(({ executorId }) => executorId);
    });
    if (executorIds.length > 0) this.#actions.push({ kind: "KillExecutors", executorIds: [...new Set(executorIds)] });
  }

  // ---- ends

  #taskReported(executorId: string, report: TaskReport, nowMs: number): void {
    const task = this.#tasks.get(report.taskId);
    const set = this.#byTask.get(report.taskId);
    if (task === undefined || set === undefined || task.executorId !== executorId) {
      // A repeated report, or one of an executor that was given up: its output must not count.
      this.#actions.push({ kind: "DropOutput", report });
      return;
    }
    this.#forget(task, set);
    this.#measure(task.stageId, report);
    this.#taskEnded(set, task, report, nowMs);
  }

  #measure(stageId: number, report: TaskReport): void {
    const runMs = report.metrics?.executorRunTimeMs;
    if (runMs === undefined) return;
    const mean = this.#meanRunMs.get(stageId);
    // A slow task raises the mean at once, quick ones lower it gently: queueing ahead must not hoard long tasks.
    this.#meanRunMs.set(stageId, mean === undefined || runMs > mean ? runMs : mean * 0.8 + runMs * 0.2);
  }

  #forget(task: TaskIdentity, set: TaskSetManager): void {
    this.#tasks.delete(task.taskId);
    this.#byTask.delete(task.taskId);
    const executor = this.#executors.get(task.executorId);
    if (executor !== undefined) this.#occupy(executor, set, -1);
  }

  #taskEnded(set: TaskSetManager, task: TaskIdentity, report: TaskReport, nowMs: number): void {
    const { reason } = report;
    if (reason.kind === "Success") {
      for (const other of set.succeeded(task.taskId, nowMs, recordsRead(report.metrics))) this.#kill(other, "another attempt succeeded");
      this.#actions.push({ kind: "TaskEnded", task, report });
      this.#succeededElsewhere(set, task, nowMs);
    } else if (reason.kind === "FetchFailed") {
      set.zombie = true;
      set.dropped(task.taskId);
      const holder = this.#executors.get(reason.executorId);
      if (holder !== undefined) this.#excluded(this.#health?.fetchFailed(holder.executorId, holder.host, nowMs) ?? []);
      this.#actions.push({ kind: "TaskEnded", task, report });
    } else {
      this.#attemptFailed(set, task, report, nowMs);
    }
    if (reason.kind === "Success") this.#noteDone(set, nowMs);
    if (set.zombie && set.runningCount === 0) this.#removeSet(keyOf(set.taskSet), set.taskSet.stageId);
  }

  /** A partition's result from one attempt of a stage spares the stage's other attempts the work, unless the attempt counts as a whole. */
  #succeededElsewhere(from: TaskSetManager, task: TaskIdentity, nowMs: number): void {
    for (const [key, set] of this.#sets) {
      if (set === from || set.taskSet.stageId !== task.stageId || task.stageAttempt < (set.taskSet.validSince ?? 0)) continue;
      for (const other of set.partitionSucceeded(task.partition)) this.#kill(other, "another attempt succeeded");
      this.#noteDone(set, nowMs);
      if (set.zombie && set.runningCount === 0) this.#removeSet(key, task.stageId);
    }
  }

  /** Tells once that every partition of a set has its result, unless a newer attempt of the stage took over. */
  #noteDone(set: TaskSetManager, nowMs: number): void {
    if (!set.isDone || set.finishTold) return;
    set.finishTold = true;
    const { stageId, stageAttempt } = set.taskSet;
    const failures = set.excludeList?.failures;
    if (failures !== undefined) this.#excluded(this.#health?.taskSetSucceeded(keyOf(set.taskSet), failures, nowMs) ?? []);
    const isNewest = [...this.#sets.values()].every(
      (other) => other.taskSet.stageId !== stageId || other.taskSet.stageAttempt <= stageAttempt,
    );
    if (isNewest) this.#actions.push({ kind: "TaskSetFinished", stageId, stageAttempt });
  }

  #attemptFailed(set: TaskSetManager, task: TaskIdentity, report: TaskReport, nowMs: number): void {
    const counts = countsTowardsMaxFailures(report.reason);
    // The whole attempt of a barrier stage ends with one of its tasks.
    if (set.taskSet.isBarrier === true) set.zombie = true;
    if (counts && !set.zombie) this.#post(set.noteFailure(task, describeReason(report.reason), nowMs));
    const failures = set.zombie ? (set.dropped(task.taskId), 0) : set.failed(task.taskId, counts);
    this.#actions.push({ kind: "TaskEnded", task, report });
    const isOver = set.taskSet.isBarrier === true ? !isFinal(report.reason) : set.zombie;
    if (isOver || (failures < this.#options.maxFailures && !isFinal(report.reason))) return;
    this.#failSet(set, taskFailure(task, failures, report.reason));
  }

  #failSet(set: TaskSetManager, error: ErrorData): void {
    set.zombie = true;
    for (const other of set.runningTasks) this.#kill(other, "its stage was aborted");
    const { stageId, stageAttempt } = set.taskSet;
    this.#actions.push({ kind: "TaskSetFailed", stageId, stageAttempt, error });
  }

  /** Registering is repeated when its reply was lost, so a known executor keeps its count of tasks. */
  #executorAdded(executorId: string, host: string, slots: number, cores: number, nowMs: number): void {
    if (!this.#executors.has(executorId)) this.#executors.set(executorId, executorSlots(executorId, host, slots, cores));
    this.#offer(nowMs);
  }

  #executorLost(executorId: string, message: string, exitCausedByApp: boolean, nowMs: number): void {
    if (!this.#executors.delete(executorId)) return;
    this.#health?.executorLost(executorId);
    for (const task of this.#tasks.values()) {
      if (task.executorId !== executorId) continue;
      const set = this.#byTask.get(task.taskId);
      assert(set !== undefined, "a live task has its set");
      this.#forget(task, set);
      const reason: TaskEndReason = { kind: "ExecutorLostFailure", executorId, exitCausedByApp, message };
      this.#taskEnded(set, task, { taskId: task.taskId, reason, startedAtMs: 0, finishedAtMs: 0 }, nowMs);
    }
    this.#offer(nowMs);
  }
}

type OfferBatches = Map<string, { set: TaskSetManager; executor: ExecutorSlots; tasks: TaskIdentity[] }>;

/** The properties of a set's tasks: how many cores each has, and those of a barrier set know where all of them run. */
function propertiesOf(set: TaskSetManager): Readonly<Record<string, string>> {
  const { properties, isBarrier } = set.taskSet;
  const sized = set.cpus === 1 ? properties : { ...properties, [taskCpusProperty]: String(set.cpus) };
  if (isBarrier !== true) return sized;
  const tasks = [...set.runningTasks].toSorted((a, b) => a.partition - b.partition);
  return { ...sized, [barrierAddressesProperty]: tasks.map(({ host }) => host).join(",") };
}

function keyOf(taskSet: TaskSet): string {
  return `${taskSet.stageId}.${taskSet.stageAttempt}`;
}

/** Kills on purpose, denied commits and executors lost for reasons of their own are not the task's fault. */
function countsTowardsMaxFailures(reason: TaskEndReason): boolean {
  switch (reason.kind) {
    case "ExceptionFailure":
    case "TaskResultLost":
    case "UnknownReason":
      return true;
    case "ExecutorLostFailure":
      return reason.exitCausedByApp;
    default:
      return false;
  }
}

/** Errors that every attempt would meet again, so that retrying only wastes time. */
function isFinal(reason: TaskEndReason): boolean {
  return reason.kind === "ExceptionFailure" && finalCodes.has(reason.error.code);
}

const finalCodes = new Set(["ACTION_INSIDE_TASK", "RECORD_NOT_ENCODABLE", "RESULT_NOT_SENDABLE", "OUTPUT_EXISTS", "KEY_NOT_COMPARABLE"]);

function taskFailure(task: TaskIdentity, failures: number, reason: TaskEndReason): ErrorData {
  const cause = reason.kind === "ExceptionFailure" ? reason.error : undefined;
  const error = coreErrors.create("TASK_FAILED", {
    stageId: task.stageId,
    partition: task.partition,
    taskId: task.taskId,
    attempt: task.attempt,
    executorId: task.executorId,
    failures: Math.max(failures, 1),
    reason: describeReason(reason),
  });
  const data = errorToData(error);
  // The user's own stack is what helps, so it stands first.
  return {
    ...data,
    stack: cause?.stack ? `${data.name}: [${data.code}] ${data.message}\n${cause.stack}` : "",
    ...(cause === undefined ? {} : { cause }),
  };
}

/** One line saying why an attempt ended. */
export function describeReason(reason: TaskEndReason): string {
  switch (reason.kind) {
    case "ExceptionFailure":
      return `${reason.error.name}: ${reason.error.message}`;
    case "TaskKilled":
      return `killed: ${reason.reason}`;
    case "ExecutorLostFailure":
      return `executor ${reason.executorId} was lost: ${reason.message}`;
    case "FetchFailed":
      return `shuffle ${reason.shuffleId}, map partition ${reason.mapPartition} could not be read: ${reason.message}`;
    case "TaskCommitDenied":
    case "UnknownReason":
      return reason.message;
    default:
      return reason.kind;
  }
}
