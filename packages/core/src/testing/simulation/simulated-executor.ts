import { serveService, serviceClient, type ServiceClient } from "@vonk/bus/internal";
import type { SimulatedBus, SimulatedNetwork } from "@vonk/bus/testing";
import type { Clock, Random } from "@vonk/common/internal";
import { executorService, executorSubject, schedulerService, schedulerSubject, type SchedulerMessages } from "../../message/services.ts";
import type { MapStatus, TaskEndReason, TaskReport } from "../../message/task-result.ts";
import type { TaskIdentity } from "../../scheduler/scheduler-event.ts";
import type { TaskBatch } from "../../scheduler/task-scheduler.ts";
import { narrowParents } from "../../scheduler/narrow-parents.ts";
import { isStored } from "../../storage/storage-level.ts";
import { exceptionReason, failedReport, fetchFailedReason } from "../task-reports.ts";
import { commitProperty, mix, type Workload } from "./workload.ts";

/** Name of the simulated application. */
export const simulatedAppId = "simulation";

/** What a simulated executor lives in. */
export interface SimulatedWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  readonly workload: Workload;
  readonly executors: ReadonlyMap<string, SimulatedExecutor>;
  readonly heartbeatMs: number;
  /** Probability that a task fails by itself, now. */
  failureRate(): number;
  /** Told when the driver no longer knows an executor, which then has ended itself. */
  disowned(executor: SimulatedExecutor): void;
  /** Told of an error that no rule of the simulation explains. */
  broken(error: unknown): void;
  /** Told when a task committed its output. */
  committed(task: TaskIdentity): void;
}

interface RunningTask {
  readonly task: TaskIdentity;
  readonly batch: TaskBatch;
  killReason?: string;
}

/** Thrown while a partition is computed and the places of a shuffle's outputs are not known yet. */
class OutputsNeeded extends Error {
  readonly shuffleId: number;
  constructor(shuffleId: number) {
    super(`outputs of shuffle ${shuffleId}`);
    this.shuffleId = shuffleId;
  }
}

/** Thrown when a task has to end with a reason other than success. */
class TaskEnd extends Error {
  readonly reason: TaskEndReason;
  constructor(reason: TaskEndReason) {
    super(reason.kind);
    this.reason = reason;
  }
}

/**
 * An executor with the real one's messages and none of its threads: it takes simulated time to run a task, and computes values
 * from what the other executors really hold, so that a scheduler that loses or mixes up data is found out by the result.
 */
export class SimulatedExecutor {
  readonly executorId: string;
  readonly host: string;
  readonly slots: number;
  readonly #world: SimulatedWorld;
  readonly #bus: SimulatedBus;
  readonly #driver: ServiceClient<SchedulerMessages>;
  readonly #seen = new Set<number>();
  readonly #queue: RunningTask[] = [];
  readonly #running = new Map<number, RunningTask>();
  readonly #outputs = new Map<string, number>();
  readonly #cached = new Map<string, number>();
  readonly #knownOutputs = new Map<number, readonly (MapStatus | undefined)[]>();
  isAlive = true;
  /** False while it is cut from the network: nobody can read its outputs. */
  isReachable = true;
  /** Set while heartbeats do not leave, as in a long pause. */
  isMute = false;
  /** Factor on the time that tasks take. */
  slowness = 1;

  constructor(world: SimulatedWorld, executorId: string, host: string, slots: number) {
    this.#world = world;
    this.executorId = executorId;
    this.host = host;
    this.slots = slots;
    this.#bus = world.network.connect(executorId);
    this.#driver = serviceClient(this.#bus, schedulerService, schedulerSubject(simulatedAppId));
    serveService(this.#bus, executorService, executorSubject(simulatedAppId, executorId), {
      launchTasks: (batch) => this.#launch(batch),
      killTask: ({ taskId, reason }) => this.#kill(taskId, reason),
      shuffleChanged: ({ shuffleId }) => (this.#knownOutputs.delete(shuffleId), null),
      removeShuffle: () => null,
      fetchBlock: () => undefined,
      copyBlock: () => null,
      fetchResult: () => undefined,
      dropResult: () => null,
      removeRDD: ({ rddId }) => this.#removeRDD(rddId),
      addBroadcast: () => null,
      forgetBroadcast: () => null,
      removeBroadcast: () => null,
      stop: () => null,
    });
    const register = { executorId, host, slots, cores: slots, storageBytes: 2 ** 30, version: "simulated" };
    this.#send(this.#driver.call("registerExecutor", register).then(() => this.#heartbeat()));
  }

  /** True when it has nothing to run. */
  get isIdle(): boolean {
    return !this.isAlive || (this.#queue.length === 0 && this.#running.size === 0);
  }

  /** What an attempt at a map partition wrote here, while it can be read. */
  output(shuffleId: number, mapPartition: number, taskId: number): number | undefined {
    return this.isAlive && this.isReachable ? this.#outputs.get(`${shuffleId}.${mapPartition}.${taskId}`) : undefined;
  }

  /** Dies without a word, with everything it ran and held. */
  crash(): void {
    this.isAlive = false;
    this.#bus.crash();
    this.#queue.length = 0;
    this.#running.clear();
    this.#outputs.clear();
    this.#cached.clear();
  }

  /** Loses one map output, as a damaged disk does. */
  damage(random: Random): void {
    const keys = [...this.#outputs.keys()];
    this.#outputs.delete(keys[random.nextInt(Math.max(keys.length, 1))] ?? "");
  }

  /** Evicts about half of what it caches, and tells the driver or (then it is late for good) does not. */
  evict(random: Random, tells: boolean): void {
    for (const key of this.#cached.keys()) {
      if (random.next() < 0.5) continue;
      this.#cached.delete(key);
      if (tells) this.#blockUpdated(key, false);
    }
  }

  #send(message: Promise<unknown>): void {
    message.catch(() => undefined);
  }

  #heartbeat(): void {
    if (!this.isAlive) return;
    const { clock, heartbeatMs } = this.#world;
    if (!this.isMute) {
      const beat = this.#driver.call("heartbeat", { executorId: this.executorId, stages: [], progress: [] }, { timeoutMs: heartbeatMs });
      this.#send(
        beat.then((known) => {
          if (known || !this.isAlive) return;
          this.crash();
          this.#world.disowned(this);
        }),
      );
    }
    clock.schedule(heartbeatMs, () => this.#heartbeat());
  }

  // ---- tasks

  #launch(batch: TaskBatch): null {
    for (const task of batch.tasks) {
      if (this.#seen.has(task.taskId)) continue;
      this.#seen.add(task.taskId);
      this.#queue.push({ task, batch });
    }
    this.#startNext();
    return null;
  }

  #startNext(): void {
    while (this.isAlive && this.#running.size < this.slots) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#running.set(next.task.taskId, next);
      this.#run(next).catch((error: unknown) => this.#world.broken(error));
    }
  }

  #kill(taskId: number, reason: string): null {
    const waiting = this.#queue.findIndex(({ task }) => task.taskId === taskId);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      this.#report([{ ...failedReport({ taskId }, { kind: "TaskKilled", reason }) }]);
    }
    const running = this.#running.get(taskId);
    // Some tasks do not look whether they were killed, and end as if nothing had been said.
    if (running !== undefined && this.#world.random.next() < 0.8) running.killReason = reason;
    return null;
  }

  async #run(running: RunningTask): Promise<void> {
    const { random } = this.#world;
    // A few tasks are far slower than the others, so that attempts of one partition overlap.
    const runMs = (1 + random.next() ** 3 * 300) * this.slowness * (random.next() < 0.1 ? 8 : 1);
    await this.#sleep(runMs / 2);
    let report: TaskReport;
    try {
      report = await this.#outcome(running, runMs);
    } catch (error) {
      if (!this.isAlive) return;
      if (!(error instanceof TaskEnd)) throw error;
      report = failedReport(running.task, error.reason);
    }
    if (!this.isAlive) return;
    this.#running.delete(running.task.taskId);
    this.#report([{ ...report, metrics: { executorRunTimeMs: runMs } as NonNullable<TaskReport["metrics"]> }]);
    this.#startNext();
  }

  async #outcome(running: RunningTask, runMs: number): Promise<TaskReport> {
    const { task, batch } = running;
    const { random } = this.#world;
    if (random.next() < this.#world.failureRate()) throw new TaskEnd(exceptionReason());
    const rddId = batch.plan.nodes[batch.plan.root]?.rddId ?? -1;
    const value = await this.#valueOnceKnown(rddId, task.partition);
    await this.#sleep(runMs / 2);
    if (running.killReason !== undefined) throw new TaskEnd({ kind: "TaskKilled", reason: running.killReason });
    const { sink } = batch.plan;
    const ended = { taskId: task.taskId, reason: { kind: "Success" }, startedAtMs: 0, finishedAtMs: this.#world.clock.now() } as const;
    if (sink.kind === "shuffle") {
      const { shuffleId } = sink.write;
      this.#outputs.set(`${shuffleId}.${task.partition}.${task.taskId}`, value);
      const { executorId, host } = this;
      return { ...ended, mapStatus: { shuffleId, mapPartition: task.partition, executorId, host, taskId: task.taskId, outputs: [] } };
    }
    if (batch.properties[commitProperty] !== undefined) await this.#commit(task);
    const accumulators = [{ id: task.partition, delta: new Uint8Array([1]) }];
    return { ...ended, result: { kind: "plain", value: { value, taskId: task.taskId } }, accumulators };
  }

  async #commit(task: TaskIdentity): Promise<void> {
    const { stageId, stageAttempt, partition, taskId } = task;
    const allowed = await this.#driver.call("canCommit", { stageId, stageAttempt, partition, taskId });
    if (!allowed) throw new TaskEnd({ kind: "TaskCommitDenied", message: "another attempt may commit" });
    this.#world.committed(task);
  }

  #report(reports: readonly TaskReport[]): void {
    this.#send(this.#driver.call("statusUpdate", { executorId: this.executorId, reports }));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#world.clock.schedule(ms, resolve));
  }

  // ---- values

  async #valueOnceKnown(rddId: number, partition: number): Promise<number> {
    for (;;) {
      try {
        return this.#value(rddId, partition);
      } catch (error) {
        if (!(error instanceof OutputsNeeded)) throw error;
        const { shuffleId } = error;
        this.#knownOutputs.set(shuffleId, await this.#driver.call("mapOutputs", { shuffleId }));
      }
    }
  }

  #value(rddId: number, partition: number): number {
    const key = `${rddId}.${partition}`;
    const cached = this.#cached.get(key);
    if (cached !== undefined) return cached;
    const { poison, lineage } = this.#world.workload;
    if (poison?.rddId === rddId && poison.partition === partition) throw new TaskEnd(exceptionReason("poisoned"));
    let hash = mix(rddId, partition);
    const rdd = lineage.rdds.get(rddId);
    for (const dependency of rdd?.dependencies ?? []) {
      if (dependency.kind === "shuffle") hash = this.#readShuffle(dependency.shuffleId, partition, hash);
      else for (const parent of narrowParents(dependency.mapping, partition)) hash = mix(hash, this.#value(dependency.rddId, parent));
    }
    if (rdd !== undefined && isStored(rdd.storageLevel)) {
      this.#cached.set(key, hash);
      this.#blockUpdated(key, true);
    }
    return hash;
  }

  #readShuffle(shuffleId: number, reducer: number, start: number): number {
    const statuses = this.#knownOutputs.get(shuffleId);
    if (statuses === undefined) throw new OutputsNeeded(shuffleId);
    let hash = start;
    statuses.forEach((status, mapPartition) => {
      const holder = status === undefined ? undefined : this.#world.executors.get(status.executorId);
      const value = status === undefined ? undefined : holder?.output(shuffleId, mapPartition, status.taskId);
      if (value === undefined) {
        this.#knownOutputs.delete(shuffleId);
        throw new TaskEnd(fetchFailedReason(shuffleId, mapPartition, status?.executorId ?? ""));
      }
      hash = mix(hash, mix(value, reducer));
    });
    return hash;
  }

  #removeRDD(rddId: number): null {
    for (const key of this.#cached.keys()) if (key.startsWith(`${rddId}.`)) this.#cached.delete(key);
    return null;
  }

  #blockUpdated(key: string, stored: boolean): void {
    const [rddId = 0, partition = 0] = key.split(".").map(Number);
    const { executorId } = this;
    this.#send(this.#driver.call("blockUpdated", { executorId, rddId, partition, stored, memoryBytes: 1, diskBytes: 0 }));
  }
}
