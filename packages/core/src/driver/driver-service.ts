import type { Bus } from "@vonk/bus";
import { publishTopic, serveService, type ServiceHandlers } from "@vonk/bus/internal";
import { errorToData } from "@vonk/common";
import type { Clock } from "@vonk/common/internal";
import {
  type DriverMessages,
  driverService,
  driverSubject,
  schedulerService,
  schedulerSubject,
  topicPrefix,
  userTopic,
} from "../message/services.ts";
import { PoolTable } from "../scheduler/pool.ts";
import { DriverBroadcasts } from "./driver-broadcasts.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { DriverSettings } from "./driver-settings.ts";
import { EventPost } from "./event-post.ts";
import { ExecutorDirectory } from "./executor-directory.ts";
import { ExecutorRequests } from "./executor-requests.ts";
import { ExecutorWatch } from "./executor-watch.ts";
import { type DriverObserver, SchedulerShell } from "./scheduler-shell.ts";
import { StatusTable } from "./status-table.ts";

/** How long stopping waits for the executors to hear of it. */
const stopTimeoutMs = 500;

/**
 * The driver: puts its parts together and answers the user's thread. Events go to {@link SchedulerShell}, the executors' requests to
 * {@link ExecutorRequests}, their life and death to {@link ExecutorWatch}.
 */
export class DriverService {
  readonly #settings: DriverSettings;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #cluster: DriverCluster | undefined;
  readonly #status = new StatusTable();
  readonly #events: EventPost;
  readonly #executors: ExecutorDirectory;
  readonly #schedulers: SchedulerShell;
  readonly #watch: ExecutorWatch;
  readonly #broadcasts: DriverBroadcasts;
  readonly #requests: ExecutorRequests;
  /** Why no job can run any more. */
  #lost: Error | undefined;

  /** @param cluster when the executors are other processes */
  constructor(settings: DriverSettings, bus: Bus, clock: Clock, observer?: DriverObserver, cluster?: DriverCluster) {
    this.#settings = settings;
    this.#bus = bus;
    this.#clock = clock;
    this.#cluster = cluster;
    const { appId } = settings;
    // Another bus than the user's when the executors are other processes.
    const executorBus = cluster?.bus ?? bus;
    this.#events = new EventPost(settings, bus, clock);
    this.#executors = new ExecutorDirectory(appId, executorBus);
    const shared = { settings, clock, cluster, status: this.#status, events: this.#events, executors: this.#executors };
    this.#schedulers = new SchedulerShell({ ...shared, bus, observer });
    this.#watch = new ExecutorWatch({ ...shared, schedulers: this.#schedulers, warn: (message) => this.warn(message) });
    this.#broadcasts = new DriverBroadcasts(this.#executors, this.#events, cluster);
    this.#requests = new ExecutorRequests({ ...shared, schedulers: this.#schedulers, watch: this.#watch, broadcasts: this.#broadcasts });
    serveService(bus, driverService, driverSubject(appId), { ...this.#jobHandlers(), ...this.#dataHandlers(), ...this.#statusHandlers() });
    serveService(executorBus, schedulerService, schedulerSubject(appId), this.#requests.handlers());
    this.#events.applicationStarted();
    this.#watch.start();
  }

  // ---- what the user asks

  #jobHandlers(): Pick<ServiceHandlers<DriverMessages>, "submitJob" | "cancelJobs" | "killTask" | "stop"> {
    return {
      submitJob: (job) => {
        if (this.#lost !== undefined) throw this.#lost;
        return this.#schedulers.dagEvent({ kind: "JobSubmitted", job, nowMs: this.#clock.now() });
      },
      cancelJobs: ({ selector, reason }) => this.#schedulers.dagEvent({ kind: "CancelJobs", selector, reason, nowMs: this.#clock.now() }),
      killTask: ({ taskId, reason }) => {
        const isLive = this.#schedulers.tasks.liveTasks.has(taskId);
        this.#schedulers.taskEvent({ kind: "KillTask", taskId, reason, nowMs: this.#clock.monotonicMs() });
        return isLive;
      },
      stop: () => this.#stop(),
    };
  }

  #dataHandlers(): Pick<
    ServiceHandlers<DriverMessages>,
    "unpersistRDD" | "removeShuffle" | "mapOutputStatistics" | "addBroadcast" | "forgetBroadcast" | "removeBroadcast" | "filesAdded"
  > {
    return {
      unpersistRDD: ({ rddId }) => {
        this.#status.removeRDD(rddId);
        this.#executors.tell((executor) => executor.call("removeRDD", { rddId }));
        this.#events.post({ Event: "SparkListenerUnpersistRDD", "RDD ID": rddId });
        return this.#schedulers.dagEvent({ kind: "RDDUnpersisted", rddId });
      },
      removeShuffle: ({ shuffleId }) => {
        this.#executors.tell((executor) => executor.call("removeShuffle", { shuffleId }));
        this.#requests.removeShuffle(shuffleId);
        return this.#schedulers.dagEvent({ kind: "ShuffleRemoved", shuffleId });
      },
      mapOutputStatistics: ({ shuffleId }) => this.#schedulers.dag.statisticsOf(shuffleId),
      addBroadcast: (request) => this.#broadcasts.add(request),
      forgetBroadcast: (request) => this.#executors.tell((executor) => executor.call("forgetBroadcast", request)),
      removeBroadcast: ({ id }) => this.#broadcasts.remove(id),
      filesAdded: ({ modules }) => this.#requests.filesAdded(modules),
    };
  }

  #statusHandlers(): Pick<
    ServiceHandlers<DriverMessages>,
    "jobStatus" | "stageStatus" | "activeWork" | "executors" | "requestExecutors" | "killExecutors" | "executorMemory" | "storage" | "pools"
  > {
    return {
      jobStatus: ({ jobId }) => this.#status.job(jobId),
      stageStatus: ({ stageId }) => this.#status.stage(stageId),
      activeWork: () => this.#status.active(),
      executors: () =>
        [...this.#schedulers.tasks.executors.values()].map(({ executorId, host, slots, launched }) => ({
          executorId,
          host,
          slots,
          runningTasks: launched,
        })),
      requestExecutors: ({ count, isTotal }) => (isTotal ? this.#watch.requestTotal(count) : this.#watch.requestMore(count)),
      killExecutors: ({ executorIds }) => this.#watch.kill(executorIds),
      executorMemory: () => this.#executors.memory(),
      storage: () => this.#status.storage(),
      pools: () => new PoolTable(this.#settings.schedulingMode, this.#settings.pools).all(),
    };
  }

  // ---- what the cluster says

  /** The cluster launches an executor: from now on it is waited for. */
  executorGranted(executorId: string): void {
    this.#watch.granted(executorId);
  }

  /** An executor's process has ended; `causedByApp` counts the end against the tasks that ran there. */
  executorExited(executorId: string, message: string, causedByApp: boolean): void {
    this.#watch.exited(executorId, message, causedByApp);
  }

  /** Tells the user something worth knowing, as that no executor was granted yet. */
  warn(message: string): void {
    publishTopic(this.#bus, userTopic, topicPrefix(this.#settings.appId), [{ kind: "warning", message }]);
  }

  /** The cluster has given up the application: nothing can run any more. */
  applicationLost(error: Error): void {
    this.#lost = error;
    const nowMs = this.#clock.now();
    this.#schedulers.dagEvent({
      kind: "CancelJobs",
      selector: { kind: "all" },
      reason: error.message,
      error: errorToData(error),
      nowMs,
    });
  }

  async #stop(): Promise<null> {
    this.#watch.stop();
    this.#events.applicationEnded();
    if (this.#cluster === undefined) return null;
    // What an executor does not hear now it learns from the cluster.
    await this.#executors.stop(stopTimeoutMs);
    await this.#cluster.close();
    return null;
  }
}
