import type { Bus, Subscription } from "@vonk/bus";
import { publishTopic, serveService, serviceClient, type ServiceClient, type ServiceHandlers, subscribeTopic } from "@vonk/bus/internal";
import type { Logger } from "@vonk/common";
import type { Clock, Timer } from "@vonk/common/internal";
import type { ClusterStatus } from "../message/cluster-state.ts";
import {
  type ApplicationMessages,
  applicationService,
  applicationSubject,
  clusterPrefix,
  leaderHereTopic,
  leaderTopic,
  leaderWantedTopic,
  masterService,
  type MasterMessages,
  masterSubject,
  type WorkerMessages,
  workerService,
  workerSubject,
} from "../message/services.ts";
import { standaloneErrors } from "../errors.ts";
import type { BundleStore } from "../bundle/bundle-store.ts";
import type { ClusterRecords, Leadership } from "./leadership.ts";
import { Master, type MasterOptions } from "./master.ts";
import type { MasterAction, MasterEvent, PersistedEntry } from "./master-event.ts";

/** What a master is started with. */
export interface MasterProcessOptions extends MasterOptions {
  readonly cluster: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leadership: Leadership;
  readonly records: ClusterRecords;
  /** Deletes what an application has left in the streams; its driver does so when it ends in order. */
  readonly sweep?: (appId: string) => Promise<void>;
  /** Files of drivers, which go when these have ended. */
  readonly bundles?: BundleStore;
}

const tickMs = 250;
const loadPauseMs = 500;
/** How long a command to a worker is repeated. Less than the silence after which the worker counts as lost would lose launches. */
const commandTimeoutMs = 5000;

/** A master's imperative shell: answers requests while it leads, performs the actions of its steps in their order. */
export class MasterProcess {
  readonly #options: MasterProcessOptions;
  readonly #master: Master;
  #service: Subscription | undefined;
  #timer: Timer | undefined;
  #tickedMs: number;
  /** Actions wait for what was to be kept before them. */
  #performed: Promise<void> = Promise.resolve();
  /** Of this master while it leads. */
  #leadingTerm: number | undefined;
  #stopped = false;

  constructor(options: MasterProcessOptions) {
    this.#options = options;
    this.#master = new Master(options);
    this.#tickedMs = options.clock.monotonicMs();
    options.leadership.campaign(
      (term) => void this.#elected(term),
      () => this.#lost(),
    );
    this.#tick();
  }

  get isLeading(): boolean {
    return this.#master.role !== "standby";
  }

  /** The cluster as this master sees it. */
  status(): ClusterStatus {
    return this.#master.status();
  }

  async #elected(term: number): Promise<void> {
    const { records, log, masterId, clock } = this.#options;
    this.#leadingTerm = term;
    let persisted: readonly PersistedEntry[];
    try {
      persisted = await records.load();
    } catch (error) {
      log.error("the cluster's records cannot be read", { error: (error as Error).message });
      clock.schedule(loadPauseMs, () => {
        if (this.#leads(term) && !this.#stopped) void this.#elected(term);
      });
      return;
    }
    if (!this.#leads(term) || this.#stopped) return;
    log.info(`master ${masterId} leads`, { term, kept: persisted.length });
    // Served first: who hears of the new leader registers at once.
    this.#service = this.#serve(term);
    this.#step({ kind: "ElectedLeader", term, persisted, nowMs: clock.monotonicMs() });
  }

  #lost(): void {
    if (this.#leadingTerm === undefined) return;
    this.#options.log.warn(`master ${this.#options.masterId} no longer leads`);
    this.#leadingTerm = undefined;
    this.#service?.close();
    this.#service = undefined;
    this.#step({ kind: "LeadershipLost" });
  }

  #leads(term: number): boolean {
    return this.#leadingTerm === term && this.#options.leadership.isHeld;
  }

  /** Hands over: another master may lead as soon as this is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#service?.close();
    await this.#performed;
    await this.#options.leadership.close();
  }

  #tick(): void {
    if (this.#stopped) return;
    const nowMs = this.#options.clock.monotonicMs();
    const lateMs = nowMs - this.#tickedMs - tickMs;
    this.#tickedMs = nowMs;
    if (lateMs > tickMs) this.#step({ kind: "StoodStill", ms: lateMs });
    this.#step({ kind: "Tick", nowMs });
    this.#timer = this.#options.clock.schedule(tickMs, () => this.#tick());
  }

  #serve(term: number): Subscription {
    const { bus, cluster, masterId } = this.#options;
    const prefix = clusterPrefix(cluster);
    const service = serveService(bus, masterService, masterSubject(cluster, term), this.#handlers(term));
    const questions = subscribeTopic(bus, leaderWantedTopic, prefix, () => {
      if (this.#leads(term)) publishTopic(bus, leaderHereTopic, prefix, { term, masterId });
    });
    return {
      close() {
        service.close();
        questions.close();
      },
    };
  }

  #handlers(term: number): ServiceHandlers<MasterMessages> {
    const master = this.#master;
    const now = (): number => this.#options.clock.monotonicMs();
    const take = (event: MasterEvent): null => {
      // What waited while this process was paused is another's to answer by now.
      if (!this.#leads(term)) throw standaloneErrors.create("MASTER_NOT_LEADING", { term });
      this.#step(event);
      return null;
    };
    return {
      registerWorker: ({ executors, driverIds, ...worker }) => {
        take({ kind: "RegisterWorker", worker, executors, driverIds, nowMs: now() });
        // While it recovers a master knows less than its workers.
        const unknown = master.role === "active" ? master.unknown(worker.workerId, executors, driverIds) : { executors: [], driverIds: [] };
        return { term: master.term, unknownExecutors: unknown.executors, unknownDriverIds: unknown.driverIds };
      },
      workerHeartbeat: ({ workerId }) => {
        take({ kind: "WorkerHeartbeat", workerId, nowMs: now() });
        return master.knowsWorker(workerId);
      },
      workerLeaves: ({ workerId }) => take({ kind: "WorkerLeaves", workerId, nowMs: now() }),
      executorChanged: (change) => take({ ...change, kind: "ExecutorChanged", nowMs: now() }),
      driverChanged: (change) => take({ ...change, kind: "DriverChanged", nowMs: now() }),
      registerApplication: (request) => take({ ...request, kind: "RegisterApplication", nowMs: now() }),
      applicationHeartbeat: ({ appId }) => {
        take({ kind: "ApplicationHeartbeat", appId, nowMs: now() });
        return master.knowsApplication(appId);
      },
      unregisterApplication: ({ appId }) => take({ kind: "UnregisterApplication", appId, nowMs: now() }),
      requestTotalExecutors: ({ appId, total }) => {
        take({ kind: "RequestTotalExecutors", appId, total, nowMs: now() });
        return master.knowsApplication(appId);
      },
      killExecutors: (request) => {
        const known = new Set(master.executorIds(request.appId));
        take({ ...request, kind: "KillExecutors", nowMs: now() });
        return request.executorIds.filter((executorId) => known.has(executorId));
      },
      submitDriver: (driver) => take({ kind: "SubmitDriver", driver, nowMs: now() }),
      killDriver: ({ driverId }) => {
        const state = master.driver(driverId)?.state;
        take({ kind: "KillDriver", driverId, nowMs: now() });
        return state === "submitted" || state === "running" || state === "relaunching";
      },
      driverStatus: ({ driverId }) => {
        take({ kind: "Tick", nowMs: now() });
        return master.driver(driverId);
      },
      status: () => {
        take({ kind: "Tick", nowMs: now() });
        return master.status();
      },
    };
  }

  #step(event: MasterEvent): void {
    const actions = this.#master.step(event);
    if (actions.length === 0) return;
    const { term } = this.#master;
    this.#performed = this.#performed.then(async () => {
      for (const action of actions) {
        // What a master decided that was replaced since is the next one's to decide.
        if (this.#leads(term)) await this.#perform(action, term);
      }
    });
  }

  /** Waits for nothing but what has to be kept. */
  async #perform(action: MasterAction, term: number): Promise<void> {
    switch (action.kind) {
      case "Persist":
      case "Forget":
        return this.#keep(action, term);
      case "DropBundle":
        return this.#command(this.#options.bundles?.delete(action.bundle) ?? Promise.resolve());
      case "AnnounceLeader":
        return publishTopic(this.#options.bus, leaderTopic, clusterPrefix(this.#options.cluster), {
          term: action.term,
          masterId: this.#options.masterId,
        });
      case "LaunchExecutor":
        return this.#launchExecutor(action, term);
      case "KillExecutor": {
        const { workerId, appId, executorId } = action.executor;
        return this.#command(this.#worker(workerId).call("killExecutor", { term, appId, executorId }, { timeoutMs: commandTimeoutMs }));
      }
      case "LaunchDriver":
        return this.#launchDriver(action, term);
      case "KillDriver": {
        const { workerId, driverId, launch } = action;
        return this.#command(this.#worker(workerId).call("killDriver", { term, driverId, launch }, { timeoutMs: commandTimeoutMs }));
      }
      case "CleanUpApplication": {
        const { workerId, appId } = action;
        return this.#command(this.#worker(workerId).call("applicationEnded", { term, appId }, { timeoutMs: commandTimeoutMs }));
      }
      case "SweepApplication":
        return this.#command(this.#options.sweep?.(action.appId) ?? Promise.resolve());
      case "WorkerRemoved":
        this.#options.log.warn(`worker ${action.workerId} is gone`, { reason: action.message });
        return;
      default:
        return this.#tellApplication(action, term);
    }
  }

  #tellApplication(
    action: Extract<MasterAction, { kind: "ExecutorGranted" | "ExecutorLost" | "WarnApplication" | "RemoveApplication" }>,
    term: number,
  ): void {
    const appId = action.kind === "ExecutorGranted" ? action.executor.appId : action.appId;
    const application = this.#application(appId);
    const limit = { timeoutMs: commandTimeoutMs };
    switch (action.kind) {
      case "ExecutorGranted":
        return this.#command(application.call("executorGranted", { term, executor: action.executor, host: action.host }, limit));
      case "ExecutorLost": {
        const { executorId, message, causedByApp } = action;
        this.#options.log.info(`executor ${appId}/${executorId} is gone`, { reason: message });
        return this.#command(application.call("executorLost", { term, executorId, message, causedByApp }, limit));
      }
      case "WarnApplication":
        this.#options.log.warn(action.message);
        return this.#command(application.call("warn", { term, message: action.message }, limit));
      case "RemoveApplication":
        this.#options.log.warn(`application ${appId} is removed`, { reason: action.message });
        return this.#command(application.call("applicationRemoved", { term, message: action.message }, limit));
    }
  }

  async #keep(action: Extract<MasterAction, { kind: "Persist" | "Forget" }>, term: number): Promise<void> {
    const { records, log } = this.#options;
    try {
      const { key } = action;
      const kept = await (action.kind === "Persist" ? records.put(key, action.entry, term) : records.delete(key, term));
      if (!kept && this.#leads(term)) this.#lost();
    } catch (error) {
      // The cluster goes on without: what is not kept is lost with this master alone.
      log.error("the cluster's records were not written", { key: action.key, error: (error as Error).message });
    }
  }

  #launchExecutor({ executor, application }: Extract<MasterAction, { kind: "LaunchExecutor" }>, term: number): void {
    this.#options.log.info(`executor ${executor.appId}/${executor.executorId} on ${executor.workerId}`, { cores: executor.cores });
    this.#worker(executor.workerId)
      .call("launchExecutor", { term, executor, application }, { timeoutMs: commandTimeoutMs })
      .then(
        () => this.#step({ kind: "ExecutorLaunched", executor }),
        (error: unknown) => {
          const { message } = error as Error;
          this.#step({ kind: "LaunchFailed", executor, message, nowMs: this.#options.clock.monotonicMs() });
        },
      );
  }

  #launchDriver({ workerId, driver, launch }: Extract<MasterAction, { kind: "LaunchDriver" }>, term: number): void {
    const { driverId } = driver;
    this.#options.log.info(`driver ${driverId} on ${workerId}`);
    this.#worker(workerId)
      .call("launchDriver", { term, driver, launch }, { timeoutMs: commandTimeoutMs })
      .catch((error: unknown) => {
        const { message } = error as Error;
        this.#step({ kind: "DriverLaunchFailed", workerId, driverId, launch, message, nowMs: this.#options.clock.monotonicMs() });
      });
  }

  /** A command whose loss shows: a worker that does not hear it is silent, or reports what it runs when it registers again. */
  #command(call: Promise<unknown>): void {
    call.catch((error: unknown) => this.#options.log.debug("a command was not taken", { error: (error as Error).message }));
  }

  #worker(workerId: string): ServiceClient<WorkerMessages> {
    return serviceClient(this.#options.bus, workerService, workerSubject(this.#options.cluster, workerId));
  }

  #application(appId: string): ServiceClient<ApplicationMessages> {
    return serviceClient(this.#options.bus, applicationService, applicationSubject(appId));
  }
}
