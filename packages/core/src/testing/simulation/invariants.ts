import type { SchedulingSettings } from "../../config/scheduling-config.ts";
import type { DriverObserver } from "../../driver/scheduler-shell.ts";
import type { DAGScheduler } from "../../scheduler/dag-scheduler.ts";
import type { OutputCommitCoordinator } from "../../scheduler/output-commit-coordinator.ts";
import type { DAGSchedulerAction, DAGSchedulerEvent, SchedulerFact, TaskIdentity, TaskSet } from "../../scheduler/scheduler-event.ts";
import type { SchedulingFact } from "../../scheduler/scheduling-fact.ts";
import type { TaskScheduler, TaskSchedulerAction, TaskSchedulerEvent } from "../../scheduler/task-scheduler.ts";
import type { TaskSetManager } from "../../scheduler/task-set-manager.ts";

/** A rule that the schedulers broke. */
class InvariantBroken extends Error {}

function require(condition: boolean, rule: () => string): asserts condition {
  if (!condition) throw new InvariantBroken(rule());
}

/** What the checker is told of the settings. */
export interface InvariantSettings {
  readonly maxFailures: number;
  readonly maxConsecutiveAttempts: number;
  readonly slotsMax: number;
  readonly scheduling: SchedulingSettings;
  trace(line: string): void;
}

/**
 * Keeps a model of its own of what was launched, ended and committed, and compares it with the schedulers after each event.
 * The first broken rule is kept in {@link broken}.
 */
export class InvariantChecker implements DriverObserver {
  readonly #settings: InvariantSettings;
  readonly #live = new Map<number, TaskIdentity>();
  /** Cores of each task, by stage attempt. */
  readonly #cpus = new Map<string, number>();
  readonly #ended = new Set<number>();
  readonly #succeeded = new Set<number>();
  readonly #committed = new Map<string, number>();
  readonly #results = new Set<string>();
  readonly #activeJobs = new Set<number>();
  readonly #openStages = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Executors and hosts that the application avoids, and those that a stage's attempt avoids. */
  readonly #excluded = new Set<string>();
  readonly #readShuffles = new Set<number>();
  readonly #unschedulable = new Set<string>();
  readonly #fetchFailures = new Map<number, Set<number>>();
  /** The schedulers as of the last turn. */
  last: { readonly dag: DAGScheduler; readonly tasks: TaskScheduler; readonly commits: OutputCommitCoordinator } | undefined;
  events = 0;
  /** The first rule that was broken, in words. */
  broken: string | undefined;

  constructor(settings: InvariantSettings) {
    this.#settings = settings;
  }

  tasksStepped(event: TaskSchedulerEvent, actions: readonly TaskSchedulerAction[], tasks: TaskScheduler): void {
    this.events++;
    this.#check(() => this.#afterTasks(event, actions, tasks));
  }

  #check(rules: () => void): void {
    try {
      rules();
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.broken ??= error.message;
    }
  }

  #afterTasks(event: TaskSchedulerEvent, actions: readonly TaskSchedulerAction[], tasks: TaskScheduler): void {
    this.#settings.trace(`tasks ${event.kind} -> ${actions.map(describeTaskAction).join(" ")}`);
    if (event.kind === "SubmitTaskSet") this.#cpus.set(`${event.taskSet.stageId}.${event.taskSet.stageAttempt}`, event.taskSet.cpus ?? 1);
    const launched = new Set<number>();
    for (const action of actions) this.#taskAction(action, tasks, launched);
    require(tasks.liveTasks.size === this.#live.size, () =>
      `${tasks.liveTasks.size} live tasks, ${this.#live.size} were launched and have not ended`);
    for (const [taskId] of this.#live) require(tasks.liveTasks.has(taskId), () => `task ${taskId} vanished without an end`);
    this.#checkSlots(tasks);
    for (const set of tasks.taskSets) this.#checkSet(set, tasks);
  }

  #taskAction(action: TaskSchedulerAction, tasks: TaskScheduler, launched: Set<number>): void {
    if (action.kind === "TaskStarted") {
      const { task } = action;
      require(!this.#live.has(task.taskId) && !this.#ended.has(task.taskId), () => `task ${task.taskId} was launched twice`);
      require(tasks.executors.has(task.executorId), () => `task ${task.taskId} was launched on an executor that is gone`);
      this.#checkPlace(task);
      this.#live.set(task.taskId, task);
      launched.add(task.taskId);
    } else if (action.kind === "LaunchTasks") {
      for (const task of action.batch.tasks)
        require(launched.delete(task.taskId), () => `task ${task.taskId} was sent without being started now`);
    } else if (action.kind === "Post") {
      this.#schedulingFact(action.fact);
    } else if (action.kind === "TaskEnded") {
      this.#taskEnded(action.task, action.report.reason);
    } else if (action.kind === "TaskSetFailed") {
      const { stageId, stageAttempt } = action;
      if (action.error.code === "BARRIER_SLOTS_MISSING") return;
      if (action.error.code === "TASK_CORES_MISSING") {
        const cpus = this.#cpus.get(`${stageId}.${stageAttempt}`) ?? 1;
        const isTooLarge = tasks.executors.values().every(({ cores }) => cores < cpus);
        return require(isTooLarge, () => `stage ${stageId} was given up although an executor has ${cpus} cores`);
      }
      if (action.error.code === "TASK_EXCLUDED_EVERYWHERE") {
        require(this.#settings.scheduling.exclude !== undefined, () => `stage ${stageId} was given up for an exclusion that is off`);
        return;
      }
      const failures = [...this.#failures].filter(([key]) => key.startsWith(`${stageId}.${stageAttempt}.`)).map(([, count]) => count);
      require(Math.max(0, ...failures) >= this.#settings.maxFailures, () =>
        `task set ${stageId}.${stageAttempt} failed before spark.task.maxFailures`);
    }
  }

  /** No executor that is excluded gets a task, and a second attempt goes to another executor than the first. */
  #checkPlace(task: TaskIdentity): void {
    const { taskId, executorId, host, stageId, stageAttempt, partition } = task;
    const stage = `${stageId}.${stageAttempt}`;
    for (const place of [executorId, `host ${host}`]) {
      const isExcluded = this.#excluded.has(place) || this.#excluded.has(`${stage} ${place}`);
      require(!isExcluded, () => `task ${taskId} was launched on ${place}, which is excluded`);
    }
    if (!task.speculative) return;
    require(this.#settings.scheduling.speculation !== undefined, () => `task ${taskId} is speculative, and speculation is off`);
    const others = [...this.#live.values()].filter(
      (other) => other.partition === partition && other.stageId === stageId && other.stageAttempt === stageAttempt,
    );
    require(others.length === 1 && others[0]?.executorId !== executorId, () =>
      `speculative task ${taskId} has beside it: ${others.map((other) => `${other.taskId}@${other.executorId}`).join()}`);
  }

  #schedulingFact(fact: SchedulingFact): void {
    switch (fact.kind) {
      case "SpeculativeTaskSubmitted":
        return;
      case "ExecutorExcluded":
        return void this.#excluded.add(fact.executorId);
      case "NodeExcluded":
        return void this.#excluded.add(`host ${fact.host}`);
      case "ExecutorUnexcluded":
        return require(this.#excluded.delete(fact.executorId), () => `executor ${fact.executorId} was not excluded`);
      case "NodeUnexcluded":
        return require(this.#excluded.delete(`host ${fact.host}`), () => `host ${fact.host} was not excluded`);
      case "ExecutorExcludedForStage":
        return void this.#excluded.add(`${fact.stageId}.${fact.stageAttempt} ${fact.executorId}`);
      case "NodeExcludedForStage":
        return void this.#excluded.add(`${fact.stageId}.${fact.stageAttempt} host ${fact.host}`);
      case "UnschedulableTaskSetAdded":
        return void this.#unschedulable.add(`${fact.stageId}.${fact.stageAttempt}`);
      case "UnschedulableTaskSetRemoved": {
        const key = `${fact.stageId}.${fact.stageAttempt}`;
        return require(this.#unschedulable.delete(key), () => `task set ${key} was not unschedulable`);
      }
    }
  }

  #taskEnded(task: TaskIdentity, reason: { readonly kind: string; readonly exitCausedByApp?: boolean }): void {
    require(this.#live.delete(task.taskId), () => `task ${task.taskId} ended twice or was never launched`);
    this.#ended.add(task.taskId);
    if (reason.kind === "Success") this.#succeeded.add(task.taskId);
    if (reason.kind === "ExceptionFailure" || (reason.kind === "ExecutorLostFailure" && reason.exitCausedByApp === true)) {
      const key = `${task.stageId}.${task.stageAttempt}.${task.partition}`;
      this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    }
    if (reason.kind === "FetchFailed") {
      const attempts = this.#fetchFailures.get(task.stageId) ?? new Set();
      this.#fetchFailures.set(task.stageId, attempts.add(task.stageAttempt));
    }
  }

  #checkSlots(tasks: TaskScheduler): void {
    const perExecutor = new Map<string, number>();
    const cores = new Map<string, number>();
    const weighted = new Set<string>();
    for (const { executorId, stageId, stageAttempt } of this.#live.values()) {
      const cpus = this.#cpus.get(`${stageId}.${stageAttempt}`) ?? 1;
      perExecutor.set(executorId, (perExecutor.get(executorId) ?? 0) + 1);
      cores.set(executorId, (cores.get(executorId) ?? 0) + cpus);
      if (cpus > 1) weighted.add(executorId);
    }
    for (const { executorId, launched, slots, ...executor } of tasks.executors.values()) {
      const live = perExecutor.get(executorId) ?? 0;
      const used = cores.get(executorId) ?? 0;
      require(executor.coresUsed === used, () => `executor ${executorId} counts ${executor.coresUsed} cores, tasks have ${used}`);
      require(!weighted.has(executorId) || used <= executor.cores, () =>
        `executor ${executorId} of ${executor.cores} cores has tasks of ${used}`);
      require(launched === live, () => `executor ${executorId} counts ${launched} tasks, ${live} are live`);
      require(launched >= 0 && launched <= slots * this.#settings.slotsMax, () =>
        `executor ${executorId} of ${slots} slots has ${launched} tasks`);
      perExecutor.delete(executorId);
    }
    require(perExecutor.size === 0, () => `tasks live on executors that are gone: ${[...perExecutor.keys()].join()}`);
  }

  #checkSet(set: TaskSetManager, tasks: TaskScheduler): void {
    const { stageId, stageAttempt, partitions } = set.taskSet;
    const name = `task set ${stageId}.${stageAttempt}`;
    const running = new Set<number>();
    const places = new Set<string>();
    for (const task of set.runningTasks) {
      require(tasks.liveTasks.get(task.taskId) === task, () => `${name} runs task ${task.taskId}, which is not live`);
      const place = `${task.partition} on ${task.executorId}`;
      require(!places.has(place), () => `${name} runs partition ${place} twice`);
      require(task.speculative || !running.has(task.partition) || this.#settings.scheduling.speculation !== undefined, () =>
        `${name} runs partition ${task.partition} twice`);
      places.add(place);
      running.add(task.partition);
    }
    if (set.zombie) return require(set.runningCount > 0, () => `${name} is over and has no task left, and is still there`);
    const isSplit = set.taskSet.isBarrier === true && set.pendingCount > 0 && set.pendingCount < partitions.length;
    require(!isSplit, () => `${name} of a barrier stage has launched some of its tasks`);
    // A partition that has its result does not count as running while the attempts that are not needed any more end.
    for (const partition of running) if (set.hasSucceeded(partition)) running.delete(partition);
    const parts = set.pendingCount + running.size + set.succeededCount;
    require(parts === partitions.length, () =>
      `${name}: ${set.pendingCount} pending, ${running.size} running, ${set.succeededCount} done of ${partitions.length}`);
  }

  dagStepped(event: DAGSchedulerEvent, actions: readonly DAGSchedulerAction[], dag: DAGScheduler): void {
    this.events++;
    this.#check(() => this.#afterDAG(event, actions, dag));
  }

  #afterDAG(event: DAGSchedulerEvent, actions: readonly DAGSchedulerAction[], dag: DAGScheduler): void {
    this.#settings.trace(`dag ${event.kind}${describeDAGEvent(event)} -> ${actions.map(describeDAGAction).join(" ")}`);
    for (const action of actions) {
      if (action.kind === "SubmitTaskSet") {
        this.#checkWhole(action.taskSet, dag);
        this.#noteRead(action.taskSet, dag);
      } else if (action.kind === "TaskResult") {
        const key = `${action.jobId}.${action.index}`;
        require(this.#activeJobs.has(action.jobId), () => `job ${action.jobId} got a result after its end`);
        require(!this.#results.has(key), () => `result ${action.index} of job ${action.jobId} was taken twice`);
        this.#results.add(key);
      } else if (action.kind === "JobEnded") {
        if (action.error?.code === "STAGE_ATTEMPTS_EXHAUSTED") this.#checkExhausted(Number(action.error.params["stageId"]));
      } else if (action.kind === "FreeMapOutput") {
        this.#committed.delete(`${action.shuffleId}.${action.mapPartition}`);
      } else if (action.kind === "Post") {
        this.#fact(action.event);
      }
    }
    if (event.kind === "TaskEnded" || event.kind === "ExecutorLost" || event.kind === "ShuffleStreamsLost") this.#checkOutputs(dag);
  }

  /** A stage whose output may be another each time runs again as a whole once its output was read. */
  #checkWhole(taskSet: TaskSet, dag: DAGScheduler): void {
    const stage = dag.activeStages.get(taskSet.stageId);
    if (stage?.output.kind !== "shuffle" || !stage.isIndeterminate) return;
    const { shuffleId, numMaps } = stage.output.shuffle;
    const isPart = taskSet.partitions.length < numMaps;
    require(!isPart || !this.#readShuffles.has(shuffleId), () =>
      `stage ${stage.id} is indeterminate and was read, and runs again for [${taskSet.partitions.join()}]`);
    if (!isPart) this.#readShuffles.delete(shuffleId);
  }

  #noteRead(taskSet: TaskSet, dag: DAGScheduler): void {
    for (const parent of dag.activeStages.get(taskSet.stageId)?.parents ?? [])
      if (parent.output.kind === "shuffle") this.#readShuffles.add(parent.output.shuffle.shuffleId);
  }

  #checkExhausted(stageId: number): void {
    const attempts = this.#fetchFailures.get(stageId)?.size ?? 0;
    require(attempts >= this.#settings.maxConsecutiveAttempts, () => `stage ${stageId} was given up after ${attempts} fetch failures`);
  }

  #fact(fact: SchedulerFact): void {
    if (fact.kind === "JobStart") {
      require(!this.#activeJobs.has(fact.jobId), () => `job ${fact.jobId} started twice`);
      this.#activeJobs.add(fact.jobId);
    } else if (fact.kind === "JobEnd") {
      require(this.#activeJobs.delete(fact.jobId), () => `job ${fact.jobId} ended twice or never started`);
    } else if (fact.kind === "StageSubmitted" || fact.kind === "StageCompleted") {
      const key = `${fact.stage.stageId}.${fact.stage.attempt}`;
      if (fact.kind === "StageSubmitted") require(!this.#openStages.has(key), () => `stage ${key} was submitted twice`);
      if (fact.kind === "StageSubmitted") this.#openStages.add(key);
      else this.#openStages.delete(key);
    }
  }

  /** One attempt is committed for a map partition, it was accepted, and it is replaced only after it was withdrawn. */
  #checkOutputs(dag: DAGScheduler): void {
    for (const shuffleId of dag.mapOutputs.shuffleIds()) {
      dag.mapOutputs.statuses(shuffleId)?.forEach((status, mapPartition) => {
        const key = `${shuffleId}.${mapPartition}`;
        const before = this.#committed.get(key);
        if (status === undefined) return void this.#committed.delete(key);
        require(before === undefined || before === status.taskId, () =>
          `output ${key} of task ${before} was overwritten by task ${status.taskId}`);
        require(this.#succeeded.has(status.taskId), () => `output ${key} is of task ${status.taskId}, which was never accepted`);
        this.#committed.set(key, status.taskId);
      });
    }
  }

  /** Between turns both schedulers agree on what runs. */
  turnEnded(dag: DAGScheduler, tasks: TaskScheduler, commits: OutputCommitCoordinator): void {
    this.last = { dag, tasks, commits };
    this.#check(() => this.#betweenTurns(dag, tasks));
  }

  #betweenTurns(dag: DAGScheduler, tasks: TaskScheduler): void {
    const working = new Set<number>();
    for (const set of tasks.taskSets) {
      const { stageId, stageAttempt } = set.taskSet;
      if (set.zombie) continue;
      require(!working.has(stageId), () => `two task sets of stage ${stageId} launch tasks`);
      working.add(stageId);
      const stage = dag.activeStages.get(stageId);
      require(stage?.state === "running", () =>
        `task set ${stageId}.${stageAttempt} launches tasks for a stage that is ${stage?.state ?? "over"}`);
      require(stage.attempt === stageAttempt, () => `task set ${stageId}.${stageAttempt} is not of the newest attempt ${stage.attempt}`);
    }
    for (const stage of dag.activeStages.values()) {
      require(stage.jobIds.size > 0, () => `stage ${stage.id} is kept for no job`);
      const runs = stage.state === "running";
      require(!runs || working.has(stage.id), () => `stage ${stage.id} runs without a task set`);
      require(!runs || this.#openStages.has(`${stage.id}.${stage.attempt}`), () => `stage ${stage.id} runs and listeners think it ended`);
    }
  }

  /** What is left over, for the end of a simulation; empty when all is well. */
  leftovers(): string[] {
    if (this.last === undefined) return [];
    const { dag, tasks, commits } = this.last;
    return [
      ...[...dag.activeJobs.keys()].map((jobId) => `job ${jobId}`),
      ...[...dag.activeStages.values()].map((stage) => `stage ${stage.id} (${stage.state})`),
      ...[...tasks.taskSets].map(({ taskSet, zombie }) => `task set ${taskSet.stageId}.${taskSet.stageAttempt}${zombie ? " (over)" : ""}`),
      ...[...tasks.liveTasks.values()].map((task) => `task ${task.taskId} on ${task.executorId}`),
      ...[...tasks.executors.values()].flatMap(({ executorId, launched }) =>
        launched === 0 ? [] : [`${launched} slots of ${executorId}`],
      ),
      ...(commits.openStages === 0 ? [] : [`commits of ${commits.openStages} stages`]),
      ...[...this.#unschedulable].map((key) => `unschedulable task set ${key}`),
      ...[...this.#openStages].map((key) => `stage ${key} open for listeners`),
    ];
  }
}

function describeTaskAction(action: TaskSchedulerAction): string {
  switch (action.kind) {
    case "TaskStarted":
      return `start:${action.task.taskId}@${action.task.executorId}`;
    case "TaskEnded":
      return `end:${action.task.taskId}:${action.report.reason.kind}`;
    case "KillTask":
      return `kill:${action.taskId}`;
    case "DropOutput":
      return `drop:${action.report.taskId}`;
    case "LaunchTasks":
      return `launch:${action.batch.stageId}.${action.batch.stageAttempt}@${action.batch.executorId}`;
    default:
      return action.kind;
  }
}

function describeDAGEvent(event: DAGSchedulerEvent): string {
  if (event.kind === "JobSubmitted") return ` ${event.job.jobId}`;
  if (event.kind === "TaskEnded" || event.kind === "TaskStarted")
    return ` ${event.task.taskId} (${event.task.stageId}.${event.task.stageAttempt}.${event.task.partition})`;
  return "";
}

function describeDAGAction(action: DAGSchedulerAction): string {
  switch (action.kind) {
    case "SubmitTaskSet":
      return `submit:${action.taskSet.stageId}.${action.taskSet.stageAttempt}[${action.taskSet.partitions.join()}]`;
    case "CancelStage":
      return `cancel:${action.stageId}`;
    case "TaskResult":
      return `result:${action.jobId}.${action.index}`;
    case "JobEnded":
      return `jobEnded:${action.jobId}:${action.error?.code ?? "ok"}`;
    case "Post":
      return action.event.kind;
    default:
      return action.kind;
  }
}
