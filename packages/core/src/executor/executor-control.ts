import { rmSync } from "node:fs";
import type { Bus } from "@vonk/bus";
import { serveService, serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { ExtentAllocator, type SegmentHandle } from "@vonk/columnar/internal";
import { errorToData } from "@vonk/common";
import { assert, type Clock, type Timer } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { ExecutorMetrics, StageMetrics } from "../listener/executor-event.ts";
import {
  executorService,
  executorSubject,
  schedulerService,
  schedulerSubject,
  type SchedulerMessages,
  type LaunchRequest,
} from "../message/services.ts";
import type { TaskEndReason, TaskReport } from "../message/task-result.ts";
import type { FromTaskThread } from "../message/thread-message.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { KnownMapOutputs } from "../shuffle/known-map-outputs.ts";
import { OutputWindow } from "../shuffle/output-window.ts";
import type { ChunkRequest, LocatedChunk, ShuffleStore } from "../shuffle/shuffle-store.ts";
import { bytesOfOutput } from "../shuffle/stored-output.ts";
import { broadcastTag, shuffleTag } from "../storage/extent-tag.ts";
import { BlockManager } from "../storage/block-manager.ts";
import type { ControlMessage, ControlRequests, StoredBlock } from "./control-channel.ts";
import { FileCopies } from "./file-copies.ts";
import { HeldResults } from "./held-results.ts";
import { PeerBlocks } from "./peer-blocks.ts";
import { threadWords } from "./control-channel.ts";
import type { ExecutorSettings } from "./executor-runtime.ts";
import { startTaskWorker, type StartTaskWorker, type TaskWorker } from "./start-task-worker.ts";
import { TaskThreadHandle } from "./task-thread-handle.ts";

/** What an executor's control thread is made with. */
export interface ExecutorOptions {
  readonly appId: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly settings: ExecutorSettings;
  readonly segment: SegmentHandle;
  /** Task threads, which is also how many tasks run at once. */
  readonly slots: number;
  readonly cores: number;
  readonly storageFraction: number;
  readonly heartbeatIntervalMs: number;
  readonly killGraceMs: number;
  readonly version: string;
  readonly heapHardLimitMiB: number;
  /** Reaches the outputs of other processes; absent in the driver's own process. */
  readonly shuffle?: ShuffleStore;
  /** Silence of the driver after which the executor ends. */
  readonly driverTimeoutMs?: number;
  /** Map output on its way to the store at most, before map tasks have to wait. */
  readonly shuffleWindowBytes?: number;
  /** Starts the task threads; the simulator has its own. */
  readonly startTaskWorker?: StartTaskWorker;
  /** Told once when the executor has ended by the driver's will or because the driver is gone; the process has to exit. */
  readonly onStopped?: (reason: string) => void;
}

interface LiveTask {
  readonly task: TaskIdentity;
  readonly stageKey: string;
  /** The shared claim words and the position in them; absent when the task was given to one thread. */
  readonly claim?: { readonly words: Int32Array; readonly position: number };
  readonly thread?: TaskThreadHandle;
  /** False: a kill waits for the task to notice by itself. */
  readonly interrupts: boolean;
  killReason?: string;
}

/** Numbers of threads in their process: 0 is the user's. */
const controlThread = 1;
const firstTaskThread = 2;

/** How often the heaps of busy threads are looked at from outside. */
const heapPollMs = 250;

/** Task ids remembered; far more than can be on their way at once. */
const seenTasksMax = 65_536;

/**
 * An executor's control thread: hands tasks to task threads, owns blocks and memory, kills what must end, and reports.
 * It runs no user code, so it always answers.
 */
export class ExecutorControl {
  readonly #options: ExecutorOptions;
  readonly #driver: ServiceClient<SchedulerMessages>;
  readonly #allocator: ExtentAllocator;
  readonly #blocks: BlockManager;
  readonly #broadcasts = new Map<number, Promise<StoredBlock | undefined>>();
  readonly #threads: TaskThreadHandle[] = [];
  readonly #live = new Map<number, LiveTask>();
  /** Shuffles and broadcasts to free once the tasks that were running at the time have ended. */
  readonly #deferred = new Set<{ readonly waitFor: Set<number>; readonly run: () => void }>();
  /** Task ids that were launched: a request that comes again runs nothing again. Oldest first, bounded. */
  readonly #seen = new Set<number>();
  readonly #mapOutputs: KnownMapOutputs;
  readonly #publishing: OutputWindow;
  /** Blocks of other processes; absent in the driver's own. */
  readonly #peers: PeerBlocks | undefined;
  readonly #results: HeldResults | undefined;
  readonly #files: FileCopies | undefined;
  #outputsEpoch = 0;
  #driverHeardMs = 0;
  #heapTimer: Timer | undefined;
  #heartbeatTimer: Timer | undefined;
  #stopped = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    const { appId, bus, settings, segment } = options;
    this.#driver = serviceClient(bus, schedulerService, schedulerSubject(appId));
    this.#mapOutputs = new KnownMapOutputs((shuffleId) => this.#driver.call("mapOutputs", { shuffleId }));
    this.#publishing = new OutputWindow(options.shuffleWindowBytes ?? Number.POSITIVE_INFINITY);
    this.#allocator = new ExtentAllocator(segment, controlThread);
    this.#blocks = new BlockManager({
      allocator: this.#allocator,
      localDir: settings.localDir,
      storageFraction: options.storageFraction,
      report: (update) => this.#tellDriver(this.#driver.call("blockUpdated", { executorId: settings.executorId, ...update })),
    });
    if (settings.shuffleDir !== undefined) {
      const { executorId, localDir, shuffleDir } = settings;
      const shares = { appId, executorId, bus, localDir, sharedDir: shuffleDir, thread: controlThread };
      this.#peers = new PeerBlocks({ ...shares, driver: this.#driver, allocator: this.#allocator, blocks: this.#blocks });
      this.#results = new HeldResults(executorId);
      this.#files = new FileCopies(localDir, this.#driver);
    }
    serveService(bus, executorService, executorSubject(appId, settings.executorId), {
      fetchBlock: (request) => this.#peers?.serve(request),
      copyBlock: async (request) => (await this.#peers?.copy(request)) ?? null,
      fetchResult: ({ taskId, from }) => this.#results?.part(taskId, from),
      dropResult: ({ taskId }) => (this.#results?.drop(taskId), null),
      launchTasks: (request) => this.#launchWithFiles(request),
      killTask: ({ taskId, reason }) => this.#kill(taskId, reason),
      shuffleChanged: ({ shuffleId }) => this.#shuffleChanged(shuffleId),
      removeShuffle: ({ shuffleId }) => this.#removeShuffle(shuffleId),
      removeRDD: ({ rddId }) => this.#blocks.removeRDD(rddId),
      addBroadcast: ({ id, block }) => (this.#broadcasts.set(id, Promise.resolve(block)), null),
      forgetBroadcast: ({ id }) => this.#tellThreads({ kind: "forgetBroadcast", id }),
      removeBroadcast: ({ id }) => this.#removeBroadcast(id),
      stop: () => this.#stopByDriver("the application has ended"),
    });
  }

  /** Takes over task threads that were started already, starts those that are missing, and offers their slots to the driver. */
  async start(started: readonly TaskWorker[] = []): Promise<void> {
    const { settings, slots, cores, version } = this.#options;
    for (let index = 0; index < slots; index++) this.#threads.push(this.#adopt(started[index] ?? this.#newWorker(index + firstTaskThread)));
    await this.#driver.call("registerExecutor", {
      executorId: settings.executorId,
      host: settings.host,
      slots,
      cores,
      storageBytes: this.#allocator.capacityBytes,
      version,
    });
    this.#driverHeardMs = this.#options.clock.monotonicMs();
    this.#scheduleHeartbeat();
  }

  #scheduleHeartbeat(): void {
    if (this.#stopped) return;
    this.#heartbeatTimer = this.#options.clock.schedule(this.#options.heartbeatIntervalMs, () => void this.#heartbeat());
  }

  /** A sign of life with what is in use; an executor that was given up, or whose driver is gone, ends: nobody counts what it does. */
  async #heartbeat(): Promise<void> {
    const { settings, clock, heartbeatIntervalMs } = this.#options;
    try {
      const progress = this.#threads.flatMap((thread) => thread.progress ?? []);
      const request = { executorId: settings.executorId, stages: this.#stageMetrics(this.#metrics()), progress };
      const isKnown = await this.#driver.call("heartbeat", request, { timeoutMs: heartbeatIntervalMs });
      this.#driverHeardMs = clock.monotonicMs();
      if (!isKnown) this.#stopByDriver("the driver has given it up");
    } catch (error) {
      // One that does not arrive is one less.
      this.#driverSilent(error);
    }
    this.#scheduleHeartbeat();
  }

  /** Heaps as they were at the last heartbeat: a thread that does not answer must not make its executor look dead. */
  #metrics(): ExecutorMetrics {
    for (const thread of this.#threads) void thread.heapBytes();
    return {
      JVMHeapMemory: this.#threads.reduce((sum, thread) => sum + thread.lastHeapBytes, 0),
      OffHeapUnifiedMemory: this.#allocator.usedBytes,
      OffHeapStorageMemory: this.#blocks.memoryBytes,
      ProcessTreeOtherRSSMemory: process.memoryUsage.rss(),
    };
  }

  /** The metrics for each stage that runs here; without one for stage -1, as Spark's driver tells its own. */
  #stageMetrics(metrics: ExecutorMetrics): StageMetrics[] {
    const stages = new Map<string, StageMetrics>();
    for (const { task, stageKey } of this.#live.values()) {
      stages.set(stageKey, { stageId: task.stageId, stageAttempt: task.stageAttempt, metrics });
    }
    return stages.size > 0 ? [...stages.values()] : [{ stageId: -1, stageAttempt: -1, metrics }];
  }

  async stop(): Promise<null> {
    if (this.#stopped) return null;
    this.#stopped = true;
    this.#heapTimer?.cancel();
    this.#heartbeatTimer?.cancel();
    await Promise.all([this.#options.shuffle?.close(), ...this.#threads.map((thread) => thread.terminate())]);
    return null;
  }

  /** The reply leaves before the end. */
  #stopByDriver(reason: string): null {
    if (this.#options.onStopped === undefined) return (void this.stop(), null);
    this.#options.onStopped(reason);
    return null;
  }

  // ---- the driver

  /** For messages whose loss shows otherwise: a driver that cannot be reached is noticed by its missing answers to heartbeats. */
  #tellDriver(call: Promise<unknown>): void {
    call.catch(() => undefined);
  }

  #driverSilent(error: unknown): void {
    const { driverTimeoutMs = Number.POSITIVE_INFINITY, clock } = this.#options;
    if (this.#stopped || clock.monotonicMs() - this.#driverHeardMs < driverTimeoutMs) return;
    this.#stopByDriver(`the driver cannot be reached: ${(error as Error).message}`);
  }

  #newWorker(number: number): TaskWorker {
    const { settings, segment, heapHardLimitMiB, startTaskWorker: start = startTaskWorker } = this.#options;
    return start(number, { settings, segment }, heapHardLimitMiB);
  }

  #adopt(worker: TaskWorker): TaskThreadHandle {
    return new TaskThreadHandle(worker, {
      heapLimitBytes: this.#options.settings.heapLimitBytes,
      onMessage: (message, thread) => this.#threadMessage(message, thread),
      onControl: (message, thread) => this.#control(message, thread),
      onExit: (thread, reason) => this.#threadEnded(thread, reason),
    });
  }

  // ---- tasks

  #launchWithFiles(request: LaunchRequest): null | Promise<null> {
    const copied = this.#files?.missing(request.filesVersion ?? 0);
    return copied === undefined ? this.#launch(request) : copied.then(() => this.#launch(request));
  }

  #launch(request: LaunchRequest): null {
    if (request.outputsEpoch !== undefined && request.outputsEpoch > this.#outputsEpoch) {
      this.#outputsEpoch = request.outputsEpoch;
      this.#mapOutputs.clear();
    }
    const batch = { ...request, tasks: request.tasks.filter((task) => this.#isNew(task.taskId)) };
    if (batch.tasks.length === 0) return null;
    const stageKey = `${batch.stageId}.${batch.stageAttempt}`;
    const interrupts = batch.properties["spark.job.interruptOnCancel"] !== "false";
    const idle = this.#threads.filter((thread) => thread.isIdle);
    if (batch.tasks.length <= idle.length) {
      for (const task of batch.tasks) {
        const preferred = idle.findIndex((thread) => thread.number === firstTaskThread + (task.partition % this.#threads.length));
        const [thread] = idle.splice(Math.max(preferred, 0), 1);
        if (thread === undefined) continue;
        this.#live.set(task.taskId, { task, stageKey, interrupts, thread });
        thread.ensureStage(stageKey, batch.plan, batch.properties);
        thread.run({ kind: "run", stageKey, tasks: [task] });
      }
    } else {
      const words = new Int32Array(new SharedArrayBuffer(4 * (1 + batch.tasks.length)));
      batch.tasks.forEach((task, position) => this.#live.set(task.taskId, { task, stageKey, interrupts, claim: { words, position } }));
      for (const thread of this.#threads) {
        thread.ensureStage(stageKey, batch.plan, batch.properties);
        thread.run({ kind: "run", stageKey, tasks: batch.tasks, claims: { words: words.buffer } });
      }
    }
    this.#pollHeaps();
    return null;
  }

  #isNew(taskId: number): boolean {
    if (this.#seen.has(taskId)) return false;
    this.#seen.add(taskId);
    if (this.#seen.size > seenTasksMax) for (const oldest of this.#seen) return this.#seen.delete(oldest);
    return true;
  }

  #threadMessage(message: FromTaskThread, thread: TaskThreadHandle): void {
    if (message.kind === "ready") return;
    thread.reported(message.runsDone);
    this.#report(message.reports);
  }

  #report(reports: readonly TaskReport[]): void {
    if (reports.length === 0) return;
    const named = reports.map((report) => this.#withKillReason(report));
    for (const report of named) {
      this.#live.delete(report.taskId);
      this.#blocks.taskEnded(report.taskId);
      this.#options.shuffle?.taskEnded(report.taskId);
    }
    this.#settleDeferred(named);
    const stored = named.filter((report) => report.mapStatus?.chunks !== undefined);
    this.#send(stored.length === 0 ? named : named.filter((report) => report.mapStatus?.chunks === undefined));
    for (const report of stored) void this.#store(report);
  }

  #send(reports: readonly TaskReport[]): void {
    if (reports.length === 0) return;
    const light = this.#results === undefined ? reports : reports.map((report) => this.#results?.hold(report) ?? report);
    this.#tellDriver(this.#driver.call("statusUpdate", { executorId: this.#options.settings.executorId, reports: light }));
  }

  /** A map task has succeeded when its output lies where other processes find it; its thread runs the next task meanwhile. */
  async #store(report: TaskReport): Promise<void> {
    const { mapStatus } = report;
    const { shuffle } = this.#options;
    assert(mapStatus !== undefined && shuffle !== undefined, "output for other processes is given to a shuffle store");
    const release = this.#publishing.enter(bytesOfOutput(mapStatus));
    try {
      this.#send([{ ...report, mapStatus: await shuffle.store(mapStatus) }]);
    } catch (error) {
      const { taskId, startedAtMs, metrics } = report;
      const failed: TaskReport = {
        taskId,
        reason: { kind: "ExceptionFailure", error: errorToData(error) },
        startedAtMs,
        finishedAtMs: this.#options.clock.now(),
        ...(metrics === undefined ? {} : { metrics }),
      };
      if (!this.#stopped) this.#send([failed]);
    } finally {
      release();
    }
  }

  #withKillReason(report: TaskReport): TaskReport {
    const reason = this.#live.get(report.taskId)?.killReason;
    if (reason === undefined || report.reason.kind !== "TaskKilled") return report;
    return { ...report, reason: { kind: "TaskKilled", reason } };
  }

  #kill(taskId: number, reason: string): null {
    const live = this.#live.get(taskId);
    if (live === undefined) return null;
    live.killReason = reason;
    if (live.claim !== undefined && Atomics.compareExchange(live.claim.words, 1 + live.claim.position, 0, -1) === 0) {
      this.#report([this.#ended(taskId, { kind: "TaskKilled", reason })]);
      return null;
    }
    const thread = this.#threadOf(live);
    if (thread === undefined) return null;
    Atomics.store(thread.words, threadWords.kill, taskId + 1);
    if (live.interrupts)
      this.#options.clock.schedule(this.#options.killGraceMs, () => {
        if (this.#live.has(taskId) && thread.runningTask === taskId)
          thread.end(`task ${taskId} did not stop when it was killed: ${reason}`);
      });
    return null;
  }

  #threadOf(live: LiveTask): TaskThreadHandle | undefined {
    if (live.thread !== undefined) return live.thread;
    if (live.claim === undefined) return undefined;
    const owner = Atomics.load(live.claim.words, 1 + live.claim.position) - 1;
    return this.#threads.find((thread) => thread.number === owner);
  }

  #ended(taskId: number, reason: TaskEndReason): TaskReport {
    const nowMs = this.#options.clock.now();
    return { taskId, reason, startedAtMs: nowMs, finishedAtMs: nowMs };
  }

  /** A thread is gone: what it had claimed and not reported failed with it, and a new thread takes its place. */
  #threadEnded(thread: TaskThreadHandle, reason: string): void {
    if (this.#stopped) return;
    this.#allocator.releaseThread(thread.number);
    this.#blocks.threadEnded(thread.number);
    const lost = [...this.#live.values()].filter((live) => this.#threadOf(live) === thread);
    const place = this.#threads.indexOf(thread);
    if (place >= 0) this.#threads[place] = this.#adopt(this.#newWorker(thread.number));
    const running = thread.runningTask;
    const reports = lost.map(({ task, killReason }) => this.#ended(task.taskId, lossReason(task, running, killReason, reason, thread)));
    this.#report(reports);
    this.#returnUnclaimed();
  }

  /** Shared work that nobody has claimed yet is given back, so that the replacement gets its share of it. */
  #returnUnclaimed(): void {
    const reports = [...this.#live.values()]
      .filter((live) => live.claim !== undefined && Atomics.compareExchange(live.claim.words, 1 + live.claim.position, 0, -1) === 0)
      .map((live) => this.#ended(live.task.taskId, { kind: "TaskKilled", reason: "its thread was replaced before it started" }));
    this.#report(reports);
  }

  // ---- requests of task threads

  #control(message: ControlMessage, thread: TaskThreadHandle): void {
    try {
      const value = this.#answer(message, thread);
      if (!(value instanceof Promise)) return thread.reply({ value });
      value.then(
        (settled: unknown) => thread.reply({ value: settled }),
        (error: unknown) => thread.reply({ error: errorToData(error) }),
      );
    } catch (error) {
      thread.reply({ error: errorToData(error) });
    }
  }

  #answer(message: ControlMessage, thread: TaskThreadHandle): unknown {
    const request = message.request as never;
    const taskId = thread.runningTask;
    switch (message.message) {
      case "shuffleChunks":
        return this.#shuffleChunks(request, taskId);
      case "shuffleWindow":
        return this.#publishing.whenOpen();
      case "mapOutputs":
      case "canCommit":
      case "barrierSync":
        return this.#driver.call(message.message, request);
      case "getBlock":
        return this.#blocks.get(request, taskId) ?? this.#peers?.find(request);
      case "putBlock":
        return this.#putBlock(request, taskId, thread.number);
      case "makeRoom":
        return this.#blocks.makeRoom(request);
      case "blockDamaged":
        return this.#blocks.damaged(request);
      case "broadcast":
        return this.#broadcast((request as { readonly id: number }).id);
      case "blockTag":
        return this.#blocks.newTag(thread.number);
      case "dropBlockTag":
        return this.#blocks.dropTag((request as { readonly tag: number }).tag, thread.number);
    }
  }

  async #shuffleChunks(request: ChunkRequest, taskId: number | undefined): Promise<readonly LocatedChunk[]> {
    const { shuffle } = this.#options;
    assert(shuffle !== undefined, "outputs of other processes are read through a shuffle store");
    const statuses = await this.#mapOutputs.all(request.shuffleId);
    return shuffle.chunks(taskId === undefined ? request : { ...request, taskId }, statuses);
  }

  /** Comes with the first task that uses it when the driver is another process; a thread of the driver's own process is told before. */
  #broadcast(id: number): Promise<StoredBlock | undefined> {
    const known = this.#broadcasts.get(id);
    if (known !== undefined || this.#peers === undefined) return known ?? Promise.resolve(undefined);
    const fetched = this.#peers?.broadcast(id) ?? Promise.resolve(undefined);
    this.#broadcasts.set(id, fetched);
    fetched.catch(() => this.#broadcasts.delete(id));
    return fetched;
  }

  #putBlock(request: ControlRequests["putBlock"]["request"], taskId: number | undefined, thread: number): boolean {
    const isStored = this.#blocks.put(request, taskId, thread);
    if (isStored && request.level.replication > 1) this.#tellDriver(this.#peers?.spread(request, request.level) ?? Promise.resolve());
    return isStored;
  }

  // ---- clean-up

  #shuffleChanged(shuffleId: number): null {
    this.#mapOutputs.forget(shuffleId);
    this.#options.shuffle?.forget(shuffleId);
    return this.#tellThreads({ kind: "forgetShuffle", shuffleId });
  }

  #removeShuffle(shuffleId: number): null {
    this.#shuffleChanged(shuffleId);
    this.#whenTasksEnd(() => {
      this.#allocator.freeTag(shuffleTag(shuffleId));
      this.#blocks.removeFiles(`shuffle_${shuffleId}_`);
      this.#options.shuffle?.remove(shuffleId);
    });
    return null;
  }

  #removeBroadcast(id: number): null {
    this.#broadcasts.delete(id);
    this.#tellThreads({ kind: "forgetBroadcast", id });
    this.#whenTasksEnd(() => this.#allocator.freeTag(broadcastTag(id)));
    return null;
  }

  /** Runs `free` once no task is left that runs now and may still read what is to be freed. */
  #whenTasksEnd(free: () => void): void {
    if (this.#live.size === 0) free();
    else this.#deferred.add({ waitFor: new Set(this.#live.keys()), run: free });
  }

  #settleDeferred(reports: readonly TaskReport[]): void {
    for (const deferred of this.#deferred) {
      for (const report of reports) deferred.waitFor.delete(report.taskId);
      if (deferred.waitFor.size > 0) continue;
      this.#deferred.delete(deferred);
      deferred.run();
    }
  }

  #tellThreads(message: Parameters<TaskThreadHandle["post"]>[0]): null {
    for (const thread of this.#threads) thread.post(message);
    return null;
  }

  /** A user function that allocates without ever reaching the end of a batch is seen from here. */
  #pollHeaps(): void {
    if (this.#heapTimer !== undefined || this.#stopped) return;
    this.#heapTimer = this.#options.clock.schedule(heapPollMs, () => {
      this.#heapTimer = undefined;
      if (this.#live.size === 0) return;
      for (const thread of this.#threads) if (!thread.isIdle) void this.#checkHeap(thread);
      this.#pollHeaps();
    });
  }

  async #checkHeap(thread: TaskThreadHandle): Promise<void> {
    const used = await thread.heapBytes();
    const { heapLimitBytes } = this.#options.settings;
    if (used > heapLimitBytes * 1.25)
      thread.end(`heap of ${Math.round(used / 2 ** 20)} MiB, limit ${Math.round(heapLimitBytes / 2 ** 20)} MiB`, true);
  }

  /** Deletes the executor's folder. */
  removeLocalDir(): void {
    rmSync(this.#options.settings.localDir, { recursive: true, force: true });
  }
}

function lossReason(
  task: TaskIdentity,
  running: number | undefined,
  killReason: string | undefined,
  reason: string,
  thread: TaskThreadHandle,
): TaskEndReason {
  if (killReason !== undefined) return { kind: "TaskKilled", reason: killReason };
  // Tasks that had ended but were not reported run again; that is nobody's fault.
  if (task.taskId !== running) return { kind: "TaskKilled", reason: "its thread was replaced before the result was reported" };
  const limit = Math.round(thread.heapLimitBytes / 2 ** 20);
  const error = thread.endedByHeap
    ? coreErrors.create("TASK_HEAP_EXCEEDED", { used: `over ${limit}`, limit })
    : coreErrors.create("EXECUTOR_THREAD_LOST", { reason });
  return { kind: "ExceptionFailure", error: errorToData(error) };
}
