import type { Bus } from "@vonk/bus";
import { serveService, serviceClient, type ServiceClient, type ServiceHandlers } from "@vonk/bus/internal";
import { ExtentAllocator, type SegmentHandle } from "@vonk/columnar/internal";
import type { Clock } from "@vonk/common/internal";
import {
  type ExecutorMessages,
  executorService,
  executorSubject,
  type LaunchRequest,
  schedulerService,
  type SchedulerMessages,
  schedulerSubject,
} from "../message/services.ts";
import type { FromTaskThread } from "../message/thread-message.ts";
import type { TaskReport } from "../message/task-result.ts";
import { KnownMapOutputs } from "../shuffle/known-map-outputs.ts";
import { OutputWindow } from "../shuffle/output-window.ts";
import type { ShuffleStore } from "../shuffle/shuffle-store.ts";
import { BlockManager } from "../storage/block-manager.ts";
import { broadcastTag, shuffleTag } from "../storage/extent-tag.ts";
import { DeferredFrees } from "./deferred-frees.ts";
import { ExecutorHeartbeat } from "./executor-heartbeat.ts";
import type { ExecutorSettings } from "./executor-runtime.ts";
import { FileCopies } from "./file-copies.ts";
import { HeldResults } from "./held-results.ts";
import { LiveTasks } from "./live-tasks.ts";
import { PeerBlocks } from "./peer-blocks.ts";
import { startTaskWorker, type StartTaskWorker, type TaskWorker } from "./start-task-worker.ts";
import { TaskReports } from "./task-reports.ts";
import type { TaskThreadHandle } from "./task-thread-handle.ts";
import { TaskThreads } from "./task-threads.ts";
import { ThreadRequests } from "./thread-requests.ts";

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

/** Number of the control thread in its process: 0 is the user's. */
const controlThread = 1;

/** What an executor has besides when its driver is another process. */
interface OtherProcesses {
  readonly peers: PeerBlocks;
  readonly results: HeldResults;
  readonly files: FileCopies;
}

/**
 * An executor's control thread: puts its parts together, answers the driver, frees what is no longer needed. Tasks are with
 * {@link LiveTasks}, their threads with {@link TaskThreads}, what these ask with {@link ThreadRequests}.
 * It runs no user code, so it always answers.
 */
export class ExecutorControl {
  readonly #options: ExecutorOptions;
  readonly #driver: ServiceClient<SchedulerMessages>;
  readonly #allocator: ExtentAllocator;
  readonly #blocks: BlockManager;
  readonly #mapOutputs: KnownMapOutputs;
  /** Absent in the driver's own process. */
  readonly #others: OtherProcesses | undefined;
  readonly #threads: TaskThreads;
  readonly #tasks: LiveTasks;
  readonly #reports: TaskReports;
  readonly #requests: ThreadRequests;
  readonly #heartbeat: ExecutorHeartbeat;
  /** Shuffles and broadcasts. */
  readonly #deferred = new DeferredFrees();
  #outputsEpoch = 0;
  #stopped = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    const { appId, bus, clock, settings, segment, shuffle, startTaskWorker: startWorker = startTaskWorker } = options;
    const { executorId } = settings;
    const driver = serviceClient(bus, schedulerService, schedulerSubject(appId));
    this.#driver = driver;
    this.#mapOutputs = new KnownMapOutputs((shuffleId) => driver.call("mapOutputs", { shuffleId }));
    this.#allocator = new ExtentAllocator(segment, controlThread);
    this.#blocks = new BlockManager({
      allocator: this.#allocator,
      localDir: settings.localDir,
      storageFraction: options.storageFraction,
      // A driver that cannot be reached is noticed by its missing answers to heartbeats.
      report: (update) => void driver.call("blockUpdated", { executorId, ...update }).catch(() => undefined),
    });
    this.#others = this.#otherProcesses();
    this.#threads = new TaskThreads({
      clock,
      settings,
      segment,
      heapHardLimitMiB: options.heapHardLimitMiB,
      startTaskWorker: startWorker,
      onMessage: (message, thread) => this.#threadMessage(message, thread),
      onControl: (message, thread) => this.#requests.answer(message, thread),
      onExit: ({ number }) => {
        this.#allocator.releaseThread(number);
        this.#blocks.threadEnded(number);
        this.#requests.threadEnded(number);
      },
      onReplaced: (thread, reason) => this.#tasks.threadReplaced(thread, reason),
    });
    const { killGraceMs } = options;
    this.#tasks = new LiveTasks({
      clock,
      killGraceMs,
      threads: this.#threads,
      blocks: this.#blocks,
      onEnded: (reports) => this.#tasksEnded(reports),
    });
    const publishing = new OutputWindow(options.shuffleWindowBytes ?? Number.POSITIVE_INFINITY);
    this.#reports = new TaskReports({ executorId, clock, driver, results: this.#others?.results, shuffle, publishing });
    const shared = { driver, blocks: this.#blocks, mapOutputs: this.#mapOutputs, publishing, shuffle };
    this.#requests = new ThreadRequests({ ...shared, peers: this.#others?.peers });
    this.#heartbeat = new ExecutorHeartbeat({
      executorId,
      clock,
      intervalMs: options.heartbeatIntervalMs,
      driverTimeoutMs: options.driverTimeoutMs ?? Number.POSITIVE_INFINITY,
      driver,
      threads: this.#threads,
      tasks: this.#tasks,
      memory: () => ({ usedBytes: this.#allocator.usedBytes, storageBytes: this.#blocks.memoryBytes }),
      onEnd: (reason) => void this.#stopByDriver(reason),
    });
    serveService(bus, executorService, executorSubject(appId, executorId), this.#handlers());
  }

  #otherProcesses(): OtherProcesses | undefined {
    const { appId, bus, settings } = this.#options;
    const { executorId, localDir, shuffleDir } = settings;
    if (shuffleDir === undefined) return undefined;
    const shares = { appId, executorId, bus, localDir, sharedDir: shuffleDir, thread: controlThread };
    return {
      peers: new PeerBlocks({ ...shares, driver: this.#driver, allocator: this.#allocator, blocks: this.#blocks }),
      results: new HeldResults(executorId),
      files: new FileCopies(localDir, this.#driver),
    };
  }

  #handlers(): ServiceHandlers<ExecutorMessages> {
    const others = this.#others;
    return {
      fetchBlock: (request) => others?.peers.serve(request),
      copyBlock: async (request) => (await others?.peers.copy(request)) ?? null,
      fetchResult: ({ taskId, from }) => others?.results.part(taskId, from),
      dropResult: ({ taskId }) => (others?.results.drop(taskId), null),
      launchTasks: (request) => this.#launchWithFiles(request),
      killTask: ({ taskId, reason }) => this.#tasks.kill(taskId, reason),
      shuffleChanged: ({ shuffleId }) => this.#shuffleChanged(shuffleId),
      removeShuffle: ({ shuffleId }) => this.#removeShuffle(shuffleId),
      removeRDD: ({ rddId }) => this.#blocks.removeRDD(rddId),
      addBroadcast: ({ id, block }) => this.#requests.addBroadcast(id, block),
      forgetBroadcast: ({ id }) => this.#threads.tell({ kind: "forgetBroadcast", id }),
      removeBroadcast: ({ id }) => this.#removeBroadcast(id),
      stop: () => this.#stopByDriver("the application has ended"),
    };
  }

  /** Takes over task threads that were started already, starts those that are missing, and offers their slots to the driver. */
  async start(started: readonly TaskWorker[] = []): Promise<void> {
    const { settings, slots, cores, version } = this.#options;
    this.#threads.start(slots, started);
    await this.#driver.call("registerExecutor", {
      executorId: settings.executorId,
      host: settings.host,
      slots,
      cores,
      storageBytes: this.#allocator.capacityBytes,
      version,
    });
    this.#heartbeat.start();
  }

  async stop(): Promise<null> {
    if (this.#stopped) return null;
    this.#stopped = true;
    this.#heartbeat.stop();
    this.#reports.stop();
    await Promise.all([this.#options.shuffle?.close(), this.#threads.terminate()]);
    return null;
  }

  /** The reply leaves before the end. */
  #stopByDriver(reason: string): null {
    if (this.#options.onStopped === undefined) return (void this.stop(), null);
    this.#options.onStopped(reason);
    return null;
  }

  // ---- tasks

  #launchWithFiles(request: LaunchRequest): null | Promise<null> {
    const copied = this.#others?.files.missing(request.filesVersion ?? 0);
    return copied === undefined ? this.#launch(request) : copied.then(() => this.#launch(request));
  }

  #launch(request: LaunchRequest): null {
    if (request.outputsEpoch !== undefined && request.outputsEpoch > this.#outputsEpoch) {
      this.#outputsEpoch = request.outputsEpoch;
      this.#mapOutputs.clear();
    }
    return this.#tasks.launch(request);
  }

  #threadMessage(message: FromTaskThread, thread: TaskThreadHandle): void {
    if (message.kind !== "reports") return;
    thread.reported(message.runsDone);
    this.#tasks.ended(message.reports);
  }

  #tasksEnded(reports: readonly TaskReport[]): void {
    for (const { taskId } of reports) {
      this.#blocks.taskEnded(taskId);
      this.#options.shuffle?.taskEnded(taskId);
    }
    this.#deferred.tasksEnded(reports);
    this.#reports.send(reports);
  }

  // ---- clean-up

  #shuffleChanged(shuffleId: number): null {
    this.#mapOutputs.forget(shuffleId);
    this.#options.shuffle?.forget(shuffleId);
    return this.#threads.tell({ kind: "forgetShuffle", shuffleId });
  }

  #removeShuffle(shuffleId: number): null {
    this.#shuffleChanged(shuffleId);
    this.#deferred.add(this.#tasks.ids(), () => {
      this.#allocator.freeTag(shuffleTag(shuffleId));
      this.#blocks.removeFiles(`shuffle_${shuffleId}_`);
      this.#options.shuffle?.remove(shuffleId);
    });
    return null;
  }

  #removeBroadcast(id: number): null {
    this.#requests.removeBroadcast(id);
    this.#threads.tell({ kind: "forgetBroadcast", id });
    this.#deferred.add(this.#tasks.ids(), () => {
      this.#requests.broadcastUnused(id);
      this.#allocator.freeTag(broadcastTag(id));
    });
    return null;
  }
}
