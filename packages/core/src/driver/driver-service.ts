import { version as nodeVersion } from "node:process";
import type { Bus } from "@vonk/bus";
import { publishTopic, serveService, serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { checksum } from "@vonk/columnar/internal";
import { errorToData, redact } from "@vonk/common";
import { assert, type Clock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { StoredBlock } from "../executor/control-channel.ts";
import { blockWindowBytes } from "../executor/peer-blocks.ts";
import { EventLog } from "../listener/event-log.ts";
import {
  type BlockManagerIdentity,
  blockManagerAdded,
  blockManagerRemoved,
  blockUpdated,
  executorAdded,
  executorMetricsUpdate,
  executorRemoved,
  type StageMetrics,
} from "../listener/executor-event.ts";
import { schedulingEvent } from "../listener/scheduling-event.ts";
import { listenerEvent, type SparkListenerEvent } from "../listener/listener-event.ts";
import { StagePeaks } from "../listener/stage-peaks.ts";
import {
  driverService,
  driverSubject,
  eventTopic,
  executorService,
  executorSubject,
  type ExecutorMessages,
  schedulerService,
  type SchedulerMessages,
  schedulerSubject,
  topicPrefix,
  type ShuffleLayout,
  type UserNotice,
  userTopic,
} from "../message/services.ts";
import type { ExecutorMemory } from "../message/status.ts";
import type { MapStatus, TaskReport } from "../message/task-result.ts";
import { DAGScheduler } from "../scheduler/dag-scheduler.ts";
import { HeartbeatReceiver } from "../scheduler/heartbeat-receiver.ts";
import { OutputCommitCoordinator } from "../scheduler/output-commit-coordinator.ts";
import type { SchedulingSettings } from "../config/scheduling-config.ts";
import { type PoolSettings, PoolTable, type SchedulingMode } from "../scheduler/pool.ts";
import type { DAGSchedulerAction, DAGSchedulerEvent, SchedulerFact } from "../scheduler/scheduler-event.ts";
import { type TaskBatch, TaskScheduler, type TaskSchedulerAction, type TaskSchedulerEvent } from "../scheduler/task-scheduler.ts";
import { fetchResult, isHeld } from "./fetch-result.ts";
import { BarrierService } from "./barrier-service.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { AddedModule } from "./served-files.ts";
import { bucketCount, ShuffleLayouts } from "./shuffle-layouts.ts";
import { StatusTable } from "./status-table.ts";

/** Settings of the driver's service thread; plain data. */
export interface DriverSettings {
  readonly appId: string;
  readonly appName: string;
  readonly maxFailures: number;
  readonly localityWaitMs: number;
  readonly schedulingMode: SchedulingMode;
  readonly pools: readonly PoolSettings[];
  readonly maxConsecutiveAttempts: number;
  readonly resubmitDelayMs: number;
  readonly queueAheadMs: number;
  /** Speculation and exclusion; nothing of them when left out. */
  readonly scheduling?: SchedulingSettings;
  readonly maxResultBytes: number;
  /** `spark.network.timeout`: silence after which an executor is given up; absent when driver and executor share a process. */
  readonly executorTimeoutMs?: number;
  /** `vonk.executor.registrationTimeout`: how long an executor may take from its grant to its registration; absent is no limit. */
  readonly registrationTimeoutMs?: number;
  readonly eventLogDir: string | undefined;
  /** `spark.eventLog.logBlockUpdates.enabled` */
  readonly logsBlockUpdates: boolean;
  /** `spark.eventLog.logStageExecutorMetrics` */
  readonly logsStageMetrics: boolean;
  readonly version: string;
  readonly sparkProperties: readonly (readonly [string, string])[];
}

/** How long stopping waits for the executors to hear of it. */
const stopTimeoutMs = 500;

/** Sees what both schedulers are told and what they want done; the simulator checks its invariants there. */
export interface DriverObserver {
  dagStepped(event: DAGSchedulerEvent, actions: readonly DAGSchedulerAction[], dag: DAGScheduler): void;
  tasksStepped(event: TaskSchedulerEvent, actions: readonly TaskSchedulerAction[], tasks: TaskScheduler): void;
  /** An event and everything that it caused is done. */
  turnEnded(dag: DAGScheduler, tasks: TaskScheduler, commits: OutputCommitCoordinator): void;
}

type ExecutorClient = ServiceClient<ExecutorMessages>;

/**
 * The driver's imperative shell: feeds events to both schedulers, performs their actions, and tells the user's thread,
 * the executors and the listeners. All in one turn of its thread; nothing here waits.
 */
export class DriverService {
  readonly #settings: DriverSettings;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #dag: DAGScheduler;
  readonly #tasks: TaskScheduler;
  readonly #barriers: BarrierService;
  readonly #commits = new OutputCommitCoordinator();
  readonly #executors = new Map<string, ExecutorClient>();
  readonly #status = new StatusTable();
  readonly #resultBytes = new Map<number, number>();
  readonly #eventLog: EventLog | undefined;
  readonly #heartbeats: HeartbeatReceiver | undefined;
  readonly #observer: DriverObserver | undefined;
  readonly #cluster: DriverCluster | undefined;
  /** The modules that the program consists of, for executors in other processes. */
  #modules: readonly AddedModule[] = [];
  readonly #layouts: ShuffleLayouts | undefined;
  /** Broadcasts in the driver's memory, for executors in other processes. */
  readonly #broadcasts = new Map<number, StoredBlock>();
  /** The broadcast that was asked for last. */
  #openBroadcast: { readonly id: number; readonly bytes: Uint8Array; readonly checksum: number } | undefined;
  readonly #blockManagers = new Map<string, BlockManagerIdentity>();
  readonly #memory = new Map<string, ExecutorMemory>();
  /** Executors that the user asked for. */
  #wanted: number | undefined;
  readonly #peaks: StagePeaks | undefined;
  #notices: UserNotice[] = [];
  #pending: (() => void)[] = [];
  #working = false;
  /** When the executors' silence was last looked at. */
  #watchedMs: number | undefined;
  /** Why no job can run any more. */
  #lost: Error | undefined;
  #stopped = false;

  /** @param cluster when the executors are other processes */
  constructor(settings: DriverSettings, bus: Bus, clock: Clock, observer?: DriverObserver, cluster?: DriverCluster) {
    this.#observer = observer;
    this.#cluster = cluster;
    this.#layouts = cluster?.streams === undefined ? undefined : new ShuffleLayouts(cluster.streams);
    this.#settings = settings;
    this.#bus = bus;
    this.#clock = clock;
    this.#dag = new DAGScheduler({ ...settings, ...settings.scheduling });
    this.#tasks = new TaskScheduler({
      maxFailures: settings.maxFailures,
      localityWaitMs: settings.localityWaitMs,
      pools: new PoolTable(settings.schedulingMode, settings.pools),
      queueAheadMs: settings.queueAheadMs,
      queueAheadTasksMax: 512,
      barrier: { checkIntervalMs: 1000, checkFailuresMax: 0 },
      coresWaitMs: 0,
      ...settings.scheduling,
    });
    this.#barriers = new BarrierService(clock, settings.scheduling?.barrierSyncTimeoutMs ?? Number.POSITIVE_INFINITY);
    this.#eventLog = settings.eventLogDir === undefined ? undefined : new EventLog(settings.eventLogDir, settings.appId);
    this.#peaks = settings.logsStageMetrics && this.#eventLog !== undefined ? new StagePeaks() : undefined;
    this.#heartbeats =
      settings.executorTimeoutMs === undefined
        ? undefined
        : new HeartbeatReceiver(settings.executorTimeoutMs, settings.registrationTimeoutMs ?? Number.POSITIVE_INFINITY);
    this.#serveUser();
    this.#serveExecutors();
    this.#announce();
    this.#watchExecutors();
  }

  #serveUser(): void {
    const { appId } = this.#settings;
    serveService(this.#bus, driverService, driverSubject(appId), {
      submitJob: (job) => {
        if (this.#lost !== undefined) throw this.#lost;
        return this.#dagEvent({ kind: "JobSubmitted", job, nowMs: this.#clock.now() });
      },
      cancelJobs: ({ selector, reason }) => this.#dagEvent({ kind: "CancelJobs", selector, reason, nowMs: this.#clock.now() }),
      killTask: ({ taskId, reason }) => {
        const isLive = this.#tasks.liveTasks.has(taskId);
        this.#taskEvent({ kind: "KillTask", taskId, reason, nowMs: this.#clock.monotonicMs() });
        return isLive;
      },
      unpersistRDD: ({ rddId }) => {
        this.#status.removeRDD(rddId);
        this.#tell((executor) => executor.call("removeRDD", { rddId }));
        this.#post({ Event: "SparkListenerUnpersistRDD", "RDD ID": rddId });
        return this.#dagEvent({ kind: "RDDUnpersisted", rddId });
      },
      removeShuffle: ({ shuffleId }) => {
        this.#tell((executor) => executor.call("removeShuffle", { shuffleId }));
        forget(this.#layouts?.remove(shuffleId));
        return this.#dagEvent({ kind: "ShuffleRemoved", shuffleId });
      },
      addBroadcast: (request) => {
        for (const executorId of this.#executors.keys()) this.#postBlock(executorId, `broadcast_${request.id}`, request.block.bytes, 0);
        return this.#addBroadcast(request);
      },
      forgetBroadcast: (request) => this.#tell((executor) => executor.call("forgetBroadcast", request)),
      removeBroadcast: (request) => {
        this.#broadcasts.delete(request.id);
        if (this.#openBroadcast?.id === request.id) this.#openBroadcast = undefined;
        for (const executorId of this.#executors.keys()) this.#postBlock(executorId, `broadcast_${request.id}`, 0, 0);
        return this.#tell((executor) => executor.call("removeBroadcast", request));
      },
      filesAdded: ({ modules }) => {
        this.#modules = modules;
        if (this.#cluster !== undefined) this.#cluster.files.version++;
        return null;
      },
      jobStatus: ({ jobId }) => this.#status.job(jobId),
      stageStatus: ({ stageId }) => this.#status.stage(stageId),
      activeWork: () => this.#status.active(),
      executors: () =>
        [...this.#tasks.executors.values()].map(({ executorId, host, slots, launched }) => ({
          executorId,
          host,
          slots,
          runningTasks: launched,
        })),
      requestExecutors: ({ count, isTotal }) => this.#requestExecutors(isTotal ? count : this.#executorsWanted() + count),
      killExecutors: ({ executorIds }) => this.#killExecutors(executorIds),
      executorMemory: () => [...this.#memory.values()],
      storage: () => this.#status.storage(),
      pools: () => new PoolTable(this.#settings.schedulingMode, this.#settings.pools).all(),
      stop: () => this.#stop(),
    });
  }

  /** Executors that were asked for; those that are there when nobody asked. */
  #executorsWanted(): number {
    return this.#wanted ?? this.#executors.size;
  }

  async #requestExecutors(total: number): Promise<boolean> {
    if (this.#cluster === undefined) return false;
    this.#wanted = total;
    return this.#cluster.requestTotalExecutors(total);
  }

  async #killExecutors(executorIds: readonly string[]): Promise<readonly string[]> {
    if (this.#cluster === undefined) return [];
    const known = await this.#cluster.killExecutors(executorIds, false);
    if (this.#wanted !== undefined) this.#wanted = Math.max(0, this.#wanted - known.length);
    return known;
  }

  /** Reaches the executors: another bus than the user's when they are other processes. */
  get #executorBus(): Bus {
    return this.#cluster?.bus ?? this.#bus;
  }

  /** Executors in this process get the handle; others ask for the bytes when a task needs them. */
  #addBroadcast(request: { readonly id: number; readonly block: StoredBlock }): null {
    if (this.#cluster === undefined) return this.#tell((executor) => executor.call("addBroadcast", request));
    this.#broadcasts.set(request.id, request.block);
    return null;
  }

  #broadcastPart(id: number, offset: number): SchedulerMessages["broadcast"]["reply"] {
    const block = this.#broadcasts.get(id);
    if (block === undefined || this.#cluster === undefined) return undefined;
    // Executors ask for the parts of one broadcast in a row.
    if (this.#openBroadcast?.id !== id) {
      const bytes = this.#cluster.readBlock(block);
      this.#openBroadcast = { id, bytes, checksum: checksum(bytes) };
    }
    const { bytes, checksum: whole } = this.#openBroadcast;
    return { bytes: bytes.subarray(offset, offset + blockWindowBytes), totalBytes: bytes.byteLength, checksum: whole };
  }

  /** Executors on other hosts first: a copy there survives more. */
  #peersOf(executorId: string): string[] {
    const host = this.#blockManagers.get(executorId)?.host;
    const others = [...this.#blockManagers.values()].filter((other) => other.executorId !== executorId);
    return others.toSorted((a, b) => Number(a.host === host) - Number(b.host === host)).map((other) => other.executorId);
  }

  /** Large results are fetched before their tasks count as done: an executor may die with them. */
  #statusUpdate(executorId: string, reports: readonly TaskReport[]): null {
    const executor = this.#executors.get(executorId);
    const held = executor === undefined ? [] : reports.filter((report) => isHeld(report));
    for (const report of held) {
      if (executor === undefined || !this.#tasks.liveTasks.has(report.taskId)) continue;
      void fetchResult(report, executor, this.#settings.maxResultBytes).then((fetched) => {
        forget(executor.call("dropResult", { taskId: report.taskId }));
        this.#taskEvent({ kind: "StatusUpdate", executorId, reports: [fetched], nowMs: this.#clock.monotonicMs() });
      });
    }
    const direct = held.length === 0 ? reports : reports.filter((report) => !held.includes(report));
    if (direct.length === 0) return null;
    return this.#taskEvent({ kind: "StatusUpdate", executorId, reports: direct, nowMs: this.#clock.monotonicMs() });
  }

  #shuffleLayout(request: {
    readonly shuffleId: number;
    readonly outputBytes: number;
    readonly lostEpoch?: number;
  }): Promise<ShuffleLayout> {
    const { shuffleId, outputBytes, lostEpoch } = request;
    const shuffle = this.#dag.shuffle(shuffleId);
    if (this.#layouts === undefined || shuffle === undefined) throw coreErrors.create("SHUFFLE_UNKNOWN", { shuffleId });
    const layout = this.#layouts.layout(shuffleId, bucketCount(outputBytes, shuffle.numMaps, shuffle.numReducers), lostEpoch);
    if (lostEpoch !== undefined) this.#dagEvent({ kind: "ShuffleStreamsLost", shuffleId, epoch: lostEpoch, nowMs: this.#clock.now() });
    layout.then(
      ({ buckets }) => this.#dagEvent({ kind: "ShuffleLaidOut", shuffleId, buckets }),
      () => undefined,
    );
    return layout;
  }

  #checkVersion(executorId: string, theirs: string): void {
    const { version } = this.#settings;
    if (theirs !== version) throw coreErrors.create("EXECUTOR_VERSION_MISMATCH", { executorId, executor: theirs, driver: version });
  }

  #registerExecutor(request: SchedulerMessages["registerExecutor"]["request"]): null {
    const { executorId, host, slots, cores, storageBytes, version } = request;
    const nowMs = this.#clock.monotonicMs();
    this.#checkVersion(executorId, version);
    this.#heartbeats?.registered(executorId, nowMs);
    if (this.#executors.has(executorId)) return null;
    const subject = executorSubject(this.#settings.appId, executorId);
    this.#executors.set(executorId, serviceClient(this.#executorBus, executorService, subject));
    const owner = { executorId, host };
    this.#blockManagers.set(executorId, owner);
    this.#memory.set(executorId, { executorId, totalBytes: storageBytes, usedBytes: 0 });
    this.#post(executorAdded(owner, cores, this.#clock.now()));
    this.#post(blockManagerAdded(owner, storageBytes, this.#clock.now()));
    this.#taskEvent({ kind: "ExecutorAdded", executorId, host, slots, cores, nowMs });
    this.#slotsChanged();
    return null;
  }

  #serveExecutors(): void {
    const { appId } = this.#settings;
    const cluster = this.#cluster;
    serveService(this.#executorBus, schedulerService, schedulerSubject(appId), {
      executorSetup: ({ executorId, version: theirs }) => {
        this.#checkVersion(executorId, theirs);
        assert(cluster !== undefined, "an executor of the driver's own process gets its settings with its thread");
        return cluster.setup;
      },
      broadcast: ({ id, offset }) => this.#broadcastPart(id, offset),
      addedFiles: () => ({ version: cluster?.files.version ?? 0, files: cluster?.files.list() ?? [], modules: this.#modules }),
      addedFilePart: ({ path, offset, isModule }) => (isModule ? cluster?.modules : cluster?.files)?.read(path, offset) ?? new Uint8Array(),
      blockLocations: ({ rddId, partition }) => this.#dag.cachedOn(rddId, partition),
      peers: ({ executorId }) => this.#peersOf(executorId),
      shuffleLayout: (request) => this.#shuffleLayout(request),
      registerExecutor: (request) => this.#registerExecutor(request),
      heartbeat: ({ executorId, stages, progress }) => {
        const nowMs = this.#clock.monotonicMs();
        const isKnown = this.#heartbeats?.heard(executorId, nowMs) ?? true;
        if (!isKnown) return false;
        this.#metricsArrived(executorId, stages);
        const isWanted = progress.length > 0 && this.#settings.scheduling?.speculation?.efficiency !== undefined;
        if (isWanted) this.#taskEvent({ kind: "TasksProgressed", executorId, progress, nowMs });
        return true;
      },
      statusUpdate: ({ executorId, reports }) => this.#statusUpdate(executorId, reports),
      mapOutputs: ({ shuffleId }): readonly (MapStatus | undefined)[] => this.#dag.mapOutputs.statuses(shuffleId) ?? [undefined],
      blockUpdated: (update) => {
        this.#status.blockUpdated(update);
        const { rddId, partition, executorId, stored, memoryBytes, diskBytes } = update;
        this.#postBlock(executorId, `rdd_${rddId}_${partition}`, memoryBytes, diskBytes);
        return this.#dagEvent({ kind: "BlockUpdated", rddId, partition, executorId, stored });
      },
      barrierSync: (request) => this.#barriers.request(request),
      // The question may arrive again after the task's end; a task that is over must not hold the right to commit.
      canCommit: ({ stageId, stageAttempt, partition, taskId }) =>
        this.#tasks.liveTasks.has(taskId) && this.#commits.canCommit(stageId, stageAttempt, partition, taskId),
    });
  }

  /** Gives up executors that have been silent for too long, and what they ran and held. */
  #watchExecutors(): void {
    const { executorTimeoutMs } = this.#settings;
    if (executorTimeoutMs === undefined || this.#stopped) return;
    const intervalMs = executorTimeoutMs / 8;
    const nowMs = this.#clock.monotonicMs();
    const lateMs = nowMs - (this.#watchedMs ?? nowMs) - intervalMs;
    this.#watchedMs = nowMs;
    if (lateMs > intervalMs) this.#heartbeats?.stoodStill(lateMs);
    for (const executorId of this.#heartbeats?.expire(nowMs) ?? []) {
      this.#executorLost(executorId, `no heartbeat for ${executorTimeoutMs} ms`, true);
      this.#replace(executorId, executorTimeoutMs);
    }
    for (const executorId of this.#heartbeats?.overdue(nowMs) ?? []) {
      this.warn(`Executor ${executorId} did not register within ${this.#settings.registrationTimeoutMs} ms of its launch; it is replaced.`);
      this.#replace(executorId, executorTimeoutMs);
    }
    this.#clock.schedule(intervalMs, () => this.#watchExecutors());
  }

  /** Has the cluster end an executor that may hang, so that another gets its cores. Asked again while no master leads. */
  #replace(executorId: string, pauseMs: number): void {
    if (this.#stopped) return;
    this.#cluster?.killExecutors([executorId], true).catch(() => this.#clock.schedule(pauseMs, () => this.#replace(executorId, pauseMs)));
  }

  /** The cluster launches an executor: from now on it is waited for. */
  executorGranted(executorId: string): void {
    this.#heartbeats?.granted(executorId, this.#clock.monotonicMs());
  }

  /** An executor's process has ended; `causedByApp` counts the end against the tasks that ran there. */
  executorExited(executorId: string, message: string, causedByApp: boolean): void {
    this.#heartbeats?.forget(executorId);
    if (!this.#executors.has(executorId)) return;
    this.#executorLost(executorId, message, causedByApp);
  }

  /** Tells the user something worth knowing, as that no executor was granted yet. */
  warn(message: string): void {
    publishTopic(this.#bus, userTopic, topicPrefix(this.#settings.appId), [{ kind: "warning", message }]);
  }

  /** The cluster has given up the application: nothing can run any more. */
  applicationLost(error: Error): void {
    this.#lost = error;
    this.#dagEvent({
      kind: "CancelJobs",
      selector: { kind: "all" },
      reason: error.message,
      error: errorToData(error),
      nowMs: this.#clock.now(),
    });
  }

  #slotsChanged(): void {
    this.#cluster?.slotsChanged([...this.#tasks.executors.values()].reduce((sum, { slots }) => sum + slots, 0));
  }

  #executorLost(executorId: string, message: string, exitCausedByApp: boolean): void {
    this.#executors.delete(executorId);
    this.#status.removeExecutor(executorId);
    this.#post(executorRemoved(executorId, message, this.#clock.now()));
    const owner = this.#blockManagers.get(executorId);
    this.#blockManagers.delete(executorId);
    this.#memory.delete(executorId);
    if (owner !== undefined) this.#post(blockManagerRemoved(owner, this.#clock.now()));
    this.#run(() => {
      this.#taskEvent({ kind: "ExecutorLost", executorId, message, exitCausedByApp, nowMs: this.#clock.monotonicMs() });
      // On a cluster output lies in files of its host or in streams; a reader that does not find it says so.
      const shuffleOutputLost = this.#cluster === undefined;
      this.#dagEvent({ kind: "ExecutorLost", executorId, shuffleOutputLost, nowMs: this.#clock.now() });
    });
    this.#slotsChanged();
  }

  #announce(): void {
    const { appId, appName, sparkProperties, version } = this.#settings;
    this.#post({ Event: "SparkListenerLogStart", "Spark Version": version });
    this.#post({
      Event: "SparkListenerEnvironmentUpdate",
      "JVM Information": { "Node Version": nodeVersion },
      "Spark Properties": Object.fromEntries(sparkProperties.map(([key, value]) => [key, redact(key, value)])),
    });
    this.#post({ Event: "SparkListenerApplicationStart", "App Name": appName, "App ID": appId, Timestamp: this.#clock.now(), User: "" });
  }

  async #stop(): Promise<null> {
    this.#stopped = true;
    this.#post({ Event: "SparkListenerApplicationEnd", Timestamp: this.#clock.now() });
    this.#eventLog?.close();
    if (this.#cluster === undefined) return null;
    // What an executor does not hear now it learns from the cluster.
    await Promise.allSettled([...this.#executors.values()].map((executor) => executor.call("stop", {}, { timeoutMs: stopTimeoutMs })));
    await this.#cluster.close();
    return null;
  }

  // ---- events in, actions out

  #dagEvent(event: DAGSchedulerEvent): null {
    return this.#run(() => {
      const actions = this.#dag.step(event);
      this.#observer?.dagStepped(event, actions, this.#dag);
      for (const action of actions) this.#performDAG(action);
    });
  }

  #taskEvent(event: TaskSchedulerEvent): null {
    return this.#run(() => {
      const actions = this.#tasks.step(event);
      this.#observer?.tasksStepped(event, actions, this.#tasks);
      for (const action of actions) this.#performTask(action);
    });
  }

  /** Runs `work` and what it causes in the order in which it was caused, then sends the notices in one message. */
  #run(work: () => void): null {
    this.#pending.push(work);
    if (this.#working) return null;
    this.#working = true;
    try {
      for (let at = 0; at < this.#pending.length; at++) this.#pending[at]?.();
    } finally {
      this.#pending = [];
      this.#working = false;
    }
    this.#observer?.turnEnded(this.#dag, this.#tasks, this.#commits);
    if (this.#notices.length > 0) {
      publishTopic(this.#bus, userTopic, topicPrefix(this.#settings.appId), this.#notices);
      this.#notices = [];
    }
    return null;
  }

  #performDAG(action: DAGSchedulerAction): void {
    switch (action.kind) {
      case "SubmitTaskSet":
        this.#commits.stageStarted(action.taskSet.stageId, action.taskSet.stageAttempt);
        if (action.taskSet.isBarrier === true) this.#barriers.stageStarted(action.taskSet);
        this.#taskEvent({ kind: "SubmitTaskSet", taskSet: action.taskSet, nowMs: this.#clock.monotonicMs() });
        return;
      case "CancelStage":
        this.#commits.stageEnded(action.stageId);
        this.#barriers.stageEnded(action.stageId);
        this.#taskEvent({ kind: "CancelStage", stageId: action.stageId, reason: action.reason, nowMs: this.#clock.monotonicMs() });
        return;
      case "TaskResult":
        return this.#taskResult(action);
      case "ApplyAccumulators":
        this.#notices.push({ kind: "accumulators", updates: action.updates });
        return;
      case "JobEnded":
        this.#resultBytes.delete(action.jobId);
        this.#notices.push({ kind: "jobEnded", jobId: action.jobId, ...(action.error === undefined ? {} : { error: action.error }) });
        return;
      // The output of a withdrawn or dropped attempt lies in the arena of its shuffle and is freed with it.
      case "FreeMapOutput":
        return;
      case "MapOutputsChanged":
        return this.#mapOutputsChanged(action.shuffleId);
      case "ScheduleResubmit":
        this.#clock.schedule(action.delayMs, () => this.#dagEvent({ kind: "ResubmitFailedStages", nowMs: this.#clock.now() }));
        return;
      case "Post":
        return this.#postFact(action.event);
    }
  }

  /** Readers ask for outputs only when all are there, so only a change after that makes their copies stale. */
  #mapOutputsChanged(shuffleId: number): void {
    if (!this.#readShuffles.has(shuffleId) && this.#dag.mapOutputs.isAvailable(shuffleId)) {
      this.#readShuffles.add(shuffleId);
      return;
    }
    if (this.#readShuffles.has(shuffleId)) this.#tell((executor) => executor.call("shuffleChanged", { shuffleId }));
  }

  readonly #readShuffles = new Set<number>();

  #taskResult(action: Extract<DAGSchedulerAction, { kind: "TaskResult" }>): void {
    const { jobId, index, value } = action;
    if (value.kind === "records") {
      const bytes = (this.#resultBytes.get(jobId) ?? 0) + value.bytes;
      this.#resultBytes.set(jobId, bytes);
      const limit = this.#settings.maxResultBytes;
      if (limit > 0 && bytes > limit) {
        const error = errorToData(coreErrors.create("RESULT_TOO_LARGE", { jobId, bytes, limit }));
        this.#dagEvent({ kind: "CancelJobs", selector: { kind: "job", jobId }, reason: error.message, error, nowMs: this.#clock.now() });
        return;
      }
    }
    this.#notices.push({ kind: "result", jobId, index, value });
  }

  #performTask(action: TaskSchedulerAction): void {
    switch (action.kind) {
      case "LaunchTasks":
        return this.#launch(action.batch);
      case "KillTask":
        forget(this.#executors.get(action.executorId)?.call("killTask", { taskId: action.taskId, reason: action.reason }));
        return;
      case "TaskStarted":
        this.#dagEvent({ kind: "TaskStarted", task: action.task, nowMs: this.#clock.now() });
        return;
      case "TaskEnded":
        if (action.report.reason.kind !== "Success") this.#commits.attemptFailed(action.task);
        this.#barriers.taskEnded(action.task);
        this.#dagEvent({ kind: "TaskEnded", task: action.task, report: action.report, nowMs: this.#clock.now() });
        return;
      case "TaskSetFailed": {
        const { stageId, stageAttempt, error } = action;
        this.#barriers.stageEnded(stageId);
        this.#dagEvent({ kind: "TaskSetFailed", stageId, stageAttempt, error, nowMs: this.#clock.now() });
        return;
      }
      case "TaskSetFinished":
        this.#barriers.stageEnded(action.stageId);
        return this.#commits.stageEnded(action.stageId);
      case "DropOutput":
        return;
      case "ScheduleOffers":
        this.#clock.schedule(action.delayMs, () => this.#taskEvent({ kind: "ReviveOffers", nowMs: this.#clock.monotonicMs() }));
        return;
      case "ScheduleSpeculation":
        this.#clock.schedule(action.delayMs, () => this.#taskEvent({ kind: "CheckSpeculation", nowMs: this.#clock.monotonicMs() }));
        return;
      case "KillExecutors":
        return forget(this.#cluster?.killExecutors(action.executorIds, true));
      case "Post":
        return this.#post(schedulingEvent(action.fact, this.#clock.now()));
    }
  }

  /** An executor that cannot be reached is noticed by its silence; one that refuses a batch has failed its tasks. */
  #launch(batch: TaskBatch): void {
    this.#executors
      .get(batch.executorId)
      ?.call("launchTasks", { ...batch, outputsEpoch: this.#dag.mapOutputs.epoch, filesVersion: this.#cluster?.files.version ?? 0 })
      .catch((error: unknown) => {
        const { code, message, retryable } = errorToData(error);
        if (code.startsWith("BUS_") && retryable) return;
        const nowMs = this.#clock.now();
        const reports = batch.tasks.map(({ taskId }): TaskReport => {
          return { taskId, reason: { kind: "UnknownReason", message }, startedAtMs: nowMs, finishedAtMs: nowMs };
        });
        this.#taskEvent({ kind: "StatusUpdate", executorId: batch.executorId, reports, nowMs: this.#clock.monotonicMs() });
      });
  }

  #tell(send: (executor: ExecutorClient) => Promise<unknown>): null {
    for (const executor of this.#executors.values()) forget(send(executor));
    return null;
  }

  // ---- listeners

  #postFact(fact: SchedulerFact): void {
    this.#status.note(fact);
    if (this.#wantsEvents()) this.#post(listenerEvent(fact));
    if (fact.kind !== "StageCompleted") return;
    for (const event of this.#peaks?.take(fact.stage.stageId, fact.stage.attempt) ?? []) this.#eventLog?.append(event);
  }

  #postBlock(executorId: string, blockId: string, memoryBytes: number, diskBytes: number): void {
    const owner = this.#blockManagers.get(executorId);
    if (owner === undefined || !this.#wantsEvents()) return;
    this.#post(blockUpdated(owner, blockId, memoryBytes, diskBytes), this.#settings.logsBlockUpdates);
  }

  /** The log has a stage's peaks when it ends, as Spark's has, and never the single updates. */
  #metricsArrived(executorId: string, stages: readonly StageMetrics[]): void {
    this.#peaks?.note(executorId, stages);
    const memory = this.#memory.get(executorId);
    const usedBytes = stages[0]?.metrics.OffHeapUnifiedMemory;
    if (memory !== undefined && usedBytes !== undefined) this.#memory.set(executorId, { ...memory, usedBytes });
    if (this.#wantsEvents()) this.#post(executorMetricsUpdate(executorId, stages), false);
  }

  #wantsEvents(): boolean {
    if (this.#eventLog !== undefined) return true;
    const { hasSubscribers } = this.#bus as Partial<{ hasSubscribers(subject: string): boolean }>;
    return hasSubscribers === undefined || hasSubscribers.call(this.#bus, `${topicPrefix(this.#settings.appId)}.events.v1`);
  }

  #post(event: SparkListenerEvent, isLogged = true): void {
    if (isLogged) this.#eventLog?.append(event);
    publishTopic(this.#bus, eventTopic, topicPrefix(this.#settings.appId), event);
  }
}

/** For messages whose loss is noticed elsewhere: an executor that cannot be reached is given up by its silence. */
function forget(reply: Promise<unknown> | undefined): void {
  reply?.catch(() => undefined);
}
