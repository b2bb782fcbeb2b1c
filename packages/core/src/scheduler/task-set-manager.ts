import { assert } from "@vonk/common/internal";
import type { ExcludeOnFailureOptions } from "./exclude-options.ts";
import { type ExecutorSlots, freeSlotsFor, slotsFor } from "./executor-slots.ts";
import { GroupAffinity } from "./group-affinity.ts";
import type { TaskIdentity, TaskSet } from "./scheduler-event.ts";
import type { SchedulingFact } from "./scheduling-fact.ts";
import { type SpeculationOptions, SpeculationWatch } from "./speculation.ts";
import { TaskSetExcludeList } from "./task-set-exclude-list.ts";

/** Where a task may run, nearest first. */
export const localityLevels = ["PROCESS_LOCAL", "NODE_LOCAL", "NO_PREF", "ANY"] as const;
/** One of {@link localityLevels}. */
export type Locality = (typeof localityLevels)[number];

/** What of scheduling is switched on for a task set. */
export interface TaskSetPolicies {
  readonly speculation?: SpeculationOptions;
  readonly exclude?: ExcludeOnFailureOptions;
  /** `spark.task.cpus`, 1 when absent. */
  readonly taskCpus?: number;
}

/**
 * Gives out the tasks of one task set, nearest first, and remembers which partitions are done, running and failed.
 * Every partition is in exactly one of: pending, running (one attempt or more), succeeded.
 * @see Spark's core/scheduler/TaskSetManager.scala
 */
export class TaskSetManager {
  readonly taskSet: TaskSet;
  /** Cores of each task. */
  readonly cpus: number;
  readonly #localityWaitMs: number;
  readonly #executors: ReadonlyMap<string, ExecutorSlots>;
  /** By position in `taskSet.partitions`. */
  readonly #attempts: Int32Array;
  readonly #failures: Int32Array;
  readonly #succeeded: Uint8Array;
  readonly #isPending: Uint8Array;
  /** Attempts that run; more than one only while attempts overlap. */
  readonly #runningAt: Int32Array;
  readonly #position = new Map<number, number>();
  readonly #running = new Map<number, TaskIdentity>();
  /** Positions yet to run, lowest last; entries whose partition is no longer pending are skipped when met. */
  #pendingAll: number[];
  readonly #pendingNear = new Map<string, number[]>();
  readonly #groups: GroupAffinity | undefined;
  readonly #watch: SpeculationWatch | undefined;
  /** Positions whose only attempt is slow, so that another executor may try too. */
  readonly #speculatable = new Set<number>();
  /** Absent unless `spark.excludeOnFailure.enabled`. */
  readonly excludeList: TaskSetExcludeList | undefined;
  /** What the last failed attempt said. */
  lastFailure = "";
  #succeededCount = 0;
  #level: number;
  #levelSinceMs: number;
  /** Set once the set is done, aborted, cancelled or superseded: nothing more is launched. */
  zombie = false;
  /** Set once the scheduler was told that the set is done. */
  finishTold = false;

  /** @param executors the executors that are there, kept up to date by the owner */
  constructor(
    taskSet: TaskSet,
    localityWaitMs: number,
    nowMs: number,
    executors: ReadonlyMap<string, ExecutorSlots>,
    policies: TaskSetPolicies = {},
  ) {
    const { speculation, exclude } = policies;
    this.#watch =
      speculation === undefined || taskSet.isBarrier === true ? undefined : new SpeculationWatch(speculation, taskSet.partitions.length);
    this.excludeList = exclude === undefined ? undefined : new TaskSetExcludeList(exclude, taskSet);
    this.taskSet = taskSet;
    this.cpus = taskSet.cpus ?? policies.taskCpus ?? 1;
    this.#executors = executors;
    this.#localityWaitMs = localityWaitMs;
    const count = taskSet.partitions.length;
    this.#attempts = new Int32Array(count);
    this.#failures = new Int32Array(count);
    this.#runningAt = new Int32Array(count);
    this.#succeeded = new Uint8Array(count);
    this.#isPending = new Uint8Array(count).fill(1);
    this.#pendingAll = Array.from({ length: count }, (_, index) => count - 1 - index);
    taskSet.partitions.forEach((partition, position) => this.#position.set(partition, position));
    // Positions are taken from the end of each list, so the lowest go in last.
    for (let position = count - 1; position >= 0; position--) this.#addNear(position);
    const isPending = (position: number): boolean => this.#isPending[position] === 1;
    this.#groups = taskSet.groups === undefined ? undefined : new GroupAffinity(taskSet.groups, isPending, (id) => executors.has(id));
    this.#level = this.#pendingNear.size === 0 ? localityLevels.length - 1 : 0;
    this.#levelSinceMs = nowMs;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  get runningTasks(): Iterable<TaskIdentity> {
    return this.#running.values();
  }

  /** Partitions that have a result. */
  get succeededCount(): number {
    return this.#succeededCount;
  }

  /** True when the partition has a result; an attempt that is being killed may still run. */
  hasSucceeded(partition: number): boolean {
    return this.#succeeded[this.#positionOf(partition)] === 1;
  }

  get isDone(): boolean {
    return this.#succeededCount === this.taskSet.partitions.length;
  }

  /** Partitions that no attempt runs and that have not succeeded. */
  get pendingCount(): number {
    return this.#isPending.reduce((sum, each) => sum + each, 0);
  }

  get hasPending(): boolean {
    while (this.#pendingAll.length > 0 && this.#isPending[this.#pendingAll.at(-1) ?? 0] === 0) this.#pendingAll.pop();
    return !this.zombie && this.#pendingAll.length > 0;
  }

  /** True when a slot offered to the set may be taken: by a pending task, or by a second attempt at a slow one. */
  get isHungry(): boolean {
    return this.hasPending || (!this.zombie && this.#speculatable.size > 0);
  }

  /**
   * The next task for an executor, or undefined when none may run there now.
   * A task with preferred locations goes elsewhere only after `spark.locality.wait` at each nearer level.
   */
  dequeue(executor: ExecutorSlots, taskId: number, nowMs: number): TaskIdentity | undefined {
    if (this.zombie || this.excludeList?.isExcluded(executor.executorId, executor.host) === true) return undefined;
    const position = this.hasPending ? this.#dequeuePosition(executor, nowMs) : undefined;
    if (position !== undefined) return this.#launch(position, executor, taskId, nowMs, false);
    const slow = this.#dequeueSpeculative(executor);
    return slow === undefined ? undefined : this.#launch(slow, executor, taskId, nowMs, true);
  }

  #launch(position: number, executor: ExecutorSlots, taskId: number, nowMs: number, speculative: boolean): TaskIdentity {
    this.#isPending[position] = 0;
    const attempt = this.#attempts[position] ?? 0;
    this.#attempts[position] = attempt + 1;
    const partition = this.taskSet.partitions[position];
    assert(partition !== undefined, "a position names a partition");
    const task: TaskIdentity = {
      taskId,
      stageId: this.taskSet.stageId,
      stageAttempt: this.taskSet.stageAttempt,
      partition,
      attempt,
      executorId: executor.executorId,
      host: executor.host,
      speculative,
    };
    this.#running.set(taskId, task);
    this.#runningAt[position] = (this.#runningAt[position] ?? 0) + 1;
    this.#watch?.started(taskId, nowMs);
    return task;
  }

  /** Milliseconds until a waiting task may go to a farther place; undefined when nothing waits for that. */
  localityWaitLeftMs(nowMs: number): number | undefined {
    if (!this.hasPending || this.#allowedLevel(nowMs) === localityLevels.length - 1) return undefined;
    return Math.max(0, this.#levelSinceMs + this.#localityWaitMs - nowMs);
  }

  /** Takes a position whose slow attempt runs elsewhere: on another host when one has room, at least on another executor. */
  #dequeueSpeculative(executor: ExecutorSlots): number | undefined {
    if (this.#speculatable.size === 0 || freeSlotsFor(executor, this.cpus) === 0) return undefined;
    for (const position of this.#speculatable) {
      const partition = this.taskSet.partitions[position] ?? -1;
      const original = this.#running.values().find((task) => task.partition === partition);
      if (original === undefined || original.executorId === executor.executorId) continue;
      if (original.host === executor.host && this.#hasRoomElsewhere(original.host)) continue;
      if (this.#isExcludedFor(executor, position)) continue;
      this.#speculatable.delete(position);
      return position;
    }
    return undefined;
  }

  #hasRoomElsewhere(host: string): boolean {
    return this.#executors.values().some((other) => other.host !== host && freeSlotsFor(other, this.cpus) > 0);
  }

  /** Notes the tasks that have become slow; gives those that were not before. */
  findSlow(nowMs: number): TaskIdentity[] {
    if (this.zombie || this.#watch === undefined) return [];
    const slots = this.#executors.values().reduce((most, executor) => Math.max(most, slotsFor(executor, this.cpus)), 0);
    return this.#watch.slow(nowMs, slots).flatMap((taskId) => {
      const task = this.#running.get(taskId);
      if (task === undefined) return [];
      const position = this.#positionOf(task.partition);
      if (this.#succeeded[position] === 1 || this.#runningAt[position] !== 1 || this.#speculatable.has(position)) return [];
      this.#speculatable.add(position);
      return [task];
    });
  }

  #isExcludedFor({ executorId, host }: ExecutorSlots, position: number): boolean {
    return this.excludeList?.isExcludedFor(executorId, host, this.taskSet.partitions[position] ?? -1) === true;
  }

  /** A pending partition that no executor may run, when there is one; `isExcluded` knows who is excluded from everything. */
  stuckPartition(isExcluded: (executor: ExecutorSlots) => boolean): number | undefined {
    const position = this.hasPending ? this.#pendingAll.at(-1) : undefined;
    if (position === undefined || this.#executors.size === 0) return undefined;
    const isStuck = this.#executors
      .values()
      .every(
        (executor) =>
          isExcluded(executor) ||
          this.excludeList?.isExcluded(executor.executorId, executor.host) === true ||
          this.#isExcludedFor(executor, position),
      );
    return isStuck ? this.taskSet.partitions[position] : undefined;
  }

  #dequeuePosition(executor: ExecutorSlots, nowMs: number): number | undefined {
    if (this.taskSet.isBarrier === true) return this.#pendingAll.pop();
    // Where tasks have failed each is looked at; being near counts for less there.
    if (this.excludeList?.hasFailuresOn(executor.executorId, executor.host) === true)
      return this.#pendingAll.findLast((position) => this.#isPending[position] === 1 && !this.#isExcludedFor(executor, position));
    if (this.#pendingNear.size === 0) return this.#popAny(executor);
    const near = this.#popPending(`executor:${executor.executorId}`);
    if (near !== undefined) return this.#launchedAt(0, near, nowMs);
    if (this.#allowedLevel(nowMs) >= 1) {
      const sameHost = this.#popPending(executor.host);
      if (sameHost !== undefined) return this.#launchedAt(1, sameHost, nowMs);
    }
    const anywhere = this.#pendingAll.findLast((position) => this.#isPending[position] === 1 && this.#hasNoPreference(position));
    if (anywhere !== undefined) return anywhere;
    if (this.#allowedLevel(nowMs) < localityLevels.length - 1) return undefined;
    return this.#popAny(executor);
  }

  #popAny(executor: ExecutorSlots): number | undefined {
    return this.#groups === undefined ? this.#pendingAll.pop() : this.#groups.take(executor.executorId);
  }

  #hasNoPreference(position: number): boolean {
    return (this.taskSet.preferredLocations?.[position]?.length ?? 0) === 0;
  }

  #popPending(location: string): number | undefined {
    const position = this.#lastPending(location);
    if (position !== undefined) this.#pendingNear.get(location)?.pop();
    return position;
  }

  /** The position to take next near `location`; drops those that are not pending any more. */
  #lastPending(location: string): number | undefined {
    const list = this.#pendingNear.get(location);
    for (let position = list?.at(-1); position !== undefined; position = list?.at(-1)) {
      if (this.#isPending[position] === 1) return position;
      list?.pop();
    }
    return undefined;
  }

  #launchedAt(level: number, position: number, nowMs: number): number {
    this.#level = Math.min(this.#level, level);
    this.#levelSinceMs = nowMs;
    return position;
  }

  /** The farthest level at which tasks may start now; a level that no executor could serve is not waited for. */
  #allowedLevel(nowMs: number): number {
    while (this.#level < localityLevels.length - 1) {
      if (!this.#isServed(this.#level)) this.#levelSinceMs = nowMs;
      else if (nowMs - this.#levelSinceMs >= this.#localityWaitMs) this.#levelSinceMs += this.#localityWaitMs;
      else break;
      this.#level++;
    }
    return this.#level;
  }

  /** True when some pending task prefers an executor (level 0) or host (level 1) that is there. */
  #isServed(level: number): boolean {
    for (const executor of level <= 1 ? this.#executors.values() : []) {
      if (this.#lastPending(level === 0 ? `executor:${executor.executorId}` : executor.host) !== undefined) return true;
    }
    return false;
  }

  /** Notes how many records a running task has read since its start. */
  progressed(taskId: number, recordsRead: number, nowMs: number): void {
    this.#watch?.progressed(taskId, recordsRead, nowMs);
  }

  /** Notes a success; the other running attempts at the partition, which are not needed any more. */
  succeeded(taskId: number, nowMs: number, recordsRead = 0): readonly TaskIdentity[] {
    this.#watch?.ended(taskId, nowMs, true, recordsRead);
    const task = this.#stopped(taskId);
    if (task === undefined) return [];
    return this.partitionSucceeded(task.partition);
  }

  /** Notes that the partition has a result, be it from another attempt of the stage; the running attempts at it. */
  partitionSucceeded(partition: number): readonly TaskIdentity[] {
    const position = this.#position.get(partition);
    if (position === undefined) return [];
    if (this.#succeeded[position] === 0) {
      this.#succeeded[position] = 1;
      this.#isPending[position] = 0;
      this.#speculatable.delete(position);
      this.#succeededCount++;
      if (this.isDone) this.zombie = true;
    }
    if (this.#runningAt[position] === 0) return [];
    return [...this.#running.values()].filter((other) => other.partition === partition);
  }

  /** Notes where an attempt failed that counts as a failure; what that excludes. Comes before {@link failed}. */
  noteFailure(task: TaskIdentity, reason: string, nowMs: number): SchedulingFact[] {
    this.lastFailure = reason;
    return this.excludeList?.failed(task.executorId, task.host, task.partition, nowMs) ?? [];
  }

  /** Notes a failed attempt and queues the partition again; gives how often the partition has failed. */
  failed(taskId: number, countsAsFailure: boolean): number {
    const task = this.#stopped(taskId);
    if (task === undefined) return 0;
    const position = this.#positionOf(task.partition);
    const failures = (this.#failures[position] ?? 0) + (countsAsFailure ? 1 : 0);
    this.#failures[position] = failures;
    if (this.#succeeded[position] === 0 && this.#runningAt[position] === 0) this.#requeue(position);
    return failures;
  }

  /** Notes an attempt that is over without the partition being queued again (the whole stage will be). */
  dropped(taskId: number): void {
    this.#stopped(taskId);
  }

  #stopped(taskId: number): TaskIdentity | undefined {
    const task = this.#running.get(taskId);
    if (task === undefined) return undefined;
    this.#running.delete(taskId);
    this.#watch?.ended(taskId, 0, false);
    const position = this.#positionOf(task.partition);
    this.#runningAt[position] = (this.#runningAt[position] ?? 0) - 1;
    this.#speculatable.delete(position);
    return task;
  }

  isRunning(taskId: number): boolean {
    return this.#running.has(taskId);
  }

  #requeue(position: number): void {
    this.#isPending[position] = 1;
    this.#pendingAll.push(position);
    this.#groups?.requeued(position);
    this.#addNear(position);
  }

  /** Queues a position at its preferred executors and hosts; an executor's host is the next best place. */
  #addNear(position: number): void {
    for (const location of this.taskSet.preferredLocations?.[position] ?? []) {
      this.#addAt(location, position);
      const host = location.startsWith("executor:") ? this.#executors.get(location.slice("executor:".length))?.host : undefined;
      if (host !== undefined) this.#addAt(host, position);
    }
  }

  #addAt(location: string, position: number): void {
    const list = this.#pendingNear.get(location);
    if (list === undefined) this.#pendingNear.set(location, [position]);
    else list.push(position);
  }

  #positionOf(partition: number): number {
    const position = this.#position.get(partition);
    assert(position !== undefined, "a task's partition belongs to its task set");
    return position;
  }
}
