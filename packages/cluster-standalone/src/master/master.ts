import { unreachable } from "@vonk/common/internal";
import type {
  ApplicationDescription,
  ClusterStatus,
  DriverDescription,
  DriverState,
  DriverStatus,
  ExecutorPlacement,
  ProcessState,
  WorkerDescription,
} from "../message/cluster-state.ts";
import type { MasterAction, MasterEvent, PersistedEntry } from "./master-event.ts";
import { placeExecutors, type WorkerRoom } from "./place-executors.ts";
import { driverWaitingMessage, waitingMessage, type WorkerStanding } from "./waiting-message.ts";

/** Limits of a master. Times in milliseconds. */
export interface MasterOptions {
  readonly masterId: string;
  /** Silence after which a worker, with all that runs there, is given up. */
  readonly workerTimeoutMs: number;
  /** Silence after which an application is removed. */
  readonly applicationTimeoutMs: number;
  /** How long a new leader waits for those it knows of. */
  readonly recoveryTimeoutMs: number;
  /** `spark.deploy.spreadOutApps` */
  readonly spreadOut: boolean;
  /** `spark.deploy.defaultCores`: cores of an application that names none; absent is no limit. */
  readonly defaultCores?: number;
  /** `spark.deploy.maxExecutorRetries`: executors in a row that fail before an application without any is removed. */
  readonly maxExecutorRetries: number;
  /** How long an application waits for its first executor before it is told why, and how often after that. */
  readonly warnAfterMs: number;
  readonly warnEveryMs: number;
}

interface Worker {
  readonly description: WorkerDescription;
  lastHeardMs: number;
}

interface Application {
  readonly description: ApplicationDescription;
  readonly executors: Map<string, ExecutorPlacement>;
  nextExecutorId: number;
  executorLimit: number;
  /** False while a new leader waits to hear of it. */
  isPresent: boolean;
  /** Executors that it says it has and no worker has shown yet to a new leader. */
  readonly missing: Set<string>;
  lastHeardMs: number;
  readonly launchedAtMs: Map<string, number>;
  /** Executors in a row that failed soon after they were launched. */
  failures: number;
  waitingSinceMs: number;
}

interface Driver {
  readonly description: DriverDescription;
  status: DriverStatus;
  /** A driver that fails again and again is launched ever more slowly. */
  notBeforeMs: number;
}

/** An executor that lived longer did not fail because it could not work. */
const stableMs = 10_000;

const relaunchDelayMsMax = 60_000;

type ProcessEnd = Exclude<ProcessState, "launching" | "running">;

/** Silent applications whose numbers of executors are remembered. */
const silentApplicationsMax = 200;

/** Applications that have said goodbye and are remembered. */
const goneApplicationsMax = 1000;

/** Ended drivers whose status can still be asked for. */
const endedDriversMax = 200;

/**
 * The standalone master: gives workers' cores and memory to applications and drivers.
 *
 * Pure steps. Several masters run; one leads, the others stand by with no state of their own.
 * ```
 * standby ──elected──▶ recovering ──all heard of, or time-out──▶ active
 *    ▲                      │                                       │
 *    └──────────── leadership lost ◀────────────────────────────────┘
 * ```
 * A leader's commands carry its term, so that workers and applications refuse those of one that was replaced.
 * Applications come in the order of their registration; drivers come before applications.
 * @see Spark's core/deploy/master/Master.scala
 */
export class Master {
  readonly #options: MasterOptions;
  readonly #workers = new Map<string, Worker>();
  readonly #applications = new Map<string, Application>();
  /** The next number of an executor of applications that were removed for their silence, oldest first. */
  readonly #silent = new Map<string, number>();
  /** Applications that have said goodbye, oldest first: a registration that comes again after that is not heeded. */
  readonly #gone = new Set<string>();
  readonly #drivers = new Map<string, Driver>();
  /** What workers said during recovery that they run. */
  #reported: { readonly workerId: string; readonly executors: readonly ExecutorPlacement[]; readonly driverIds: readonly string[] }[] = [];
  /** Executors whose end was told during recovery: a registration that was sent before it may arrive after it. */
  readonly #endedEarly = new Set<string>();
  #role: ClusterStatus["state"] = "standby";
  #term = 0;
  #recoverUntilMs = 0;
  #actions: MasterAction[] = [];

  constructor(options: MasterOptions) {
    this.#options = options;
  }

  get term(): number {
    return this.#term;
  }

  get role(): ClusterStatus["state"] {
    return this.#role;
  }

  /** Takes one event; gives the actions it causes, in order. */
  step(event: MasterEvent): MasterAction[] {
    this.#handle(event);
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #handle(event: MasterEvent): void {
    switch (event.kind) {
      case "ElectedLeader":
        return this.#elected(event.term, event.persisted, event.nowMs);
      case "LeadershipLost":
        return this.#standBy();
      case "RegisterWorker":
        return this.#registerWorker(event);
      case "WorkerHeartbeat":
        return this.#heardWorker(event.workerId, event.nowMs);
      case "WorkerLeaves":
        if (this.#workers.has(event.workerId)) this.#workerLost(event.workerId, `worker ${event.workerId} was stopped`, event.nowMs);
        return;
      case "ExecutorChanged":
        return this.#executorChanged(event);
      case "DriverChanged":
        return this.#driverChanged(event);
      case "RegisterApplication":
        return this.#registerApplication(event);
      case "ApplicationHeartbeat":
        return this.#heardApplication(event.appId, event.nowMs);
      case "UnregisterApplication":
        return this.#unregisterApplication(event.appId, event.nowMs);
      case "RequestTotalExecutors":
        return this.#requestTotal(event.appId, event.total, event.nowMs);
      case "KillExecutors":
        return this.#killExecutors(event);
      case "SubmitDriver":
        return this.#submitDriver(event.driver, event.nowMs);
      case "KillDriver":
        return this.#killDriver(event.driverId);
      case "ExecutorLaunched":
        return this.#executorLaunched(event.executor);
      case "LaunchFailed":
        return this.#launchFailed(event);
      case "DriverLaunchFailed":
        return this.#driverLaunchFailed(event);
      case "StoodStill":
        return this.#forgive(event.ms);
      case "Tick":
        return this.#tick(event.nowMs);
      default:
        return unreachable(event);
    }
  }

  // ---- leadership

  #elected(term: number, persisted: readonly PersistedEntry[], nowMs: number): void {
    this.#standBy();
    this.#term = term;
    for (const entry of persisted) {
      if (entry.kind === "driver")
        this.#drivers.set(entry.driver.driverId, { description: entry.driver, status: entry.status, notBeforeMs: 0 });
      else if (entry.kind === "silent") this.#silent.set(entry.appId, entry.nextExecutorId);
      else this.#addApplication(entry.application, entry.nextExecutorId, false, nowMs);
    }
    this.#role = "recovering";
    this.#recoverUntilMs = nowMs + this.#options.recoveryTimeoutMs;
    this.#actions.push({ kind: "AnnounceLeader", term });
    this.#endRecovery(nowMs, false);
  }

  #standBy(): void {
    this.#role = "standby";
    this.#workers.clear();
    this.#applications.clear();
    this.#silent.clear();
    this.#endedEarly.clear();
    this.#reported = [];
    this.#drivers.clear();
  }

  /** Recovery ends early when nothing is left to hear of. */
  #endRecovery(nowMs: number, isTimeUp: boolean): void {
    if (this.#role !== "recovering") return;
    const isWaiting =
      [...this.#applications.values()].some(({ isPresent, missing }) => !isPresent || missing.size > 0) ||
      [...this.#drivers.values()].some(({ status }) => status.state === "running" && !this.#isOnWorker(status));
    if (isWaiting && !isTimeUp) return;
    this.#role = "active";
    for (const [appId, application] of this.#applications) {
      if (!application.isPresent) this.#removeApplication(appId, nowMs, true);
      for (const executorId of application.missing) this.#executorEnded(application, executorId, "its worker did not come back", false);
      application.missing.clear();
    }
    for (const driver of this.#drivers.values()) {
      if (driver.status.state === "running" && !this.#isOnWorker(driver.status))
        this.#driverEnded(driver, "lost", "its worker did not come back", nowMs);
    }
    this.#endUnknown();
    this.#schedule(nowMs);
  }

  /** Workers were not told during recovery what they have to end, because not everything was known yet. */
  #endUnknown(): void {
    for (const { workerId, ...reported } of this.#reported) {
      const { executors, driverIds } = this.unknown(workerId, reported.executors, reported.driverIds);
      for (const executor of executors) this.#actions.push({ kind: "KillExecutor", executor });
      for (const driverId of driverIds) {
        const launch = this.#drivers.get(driverId)?.status.launches ?? Number.MAX_SAFE_INTEGER;
        this.#actions.push({ kind: "KillDriver", workerId, driverId, launch });
      }
    }
    this.#reported = [];
  }

  #isOnWorker(status: DriverStatus): boolean {
    return status.workerId !== undefined && this.#workers.has(status.workerId);
  }

  // ---- workers

  #registerWorker({ worker, executors, driverIds, nowMs }: Extract<MasterEvent, { kind: "RegisterWorker" }>): void {
    this.#workers.set(worker.workerId, { description: worker, lastHeardMs: nowMs });
    if (this.#role === "recovering") this.#reported.push({ workerId: worker.workerId, executors, driverIds });
    for (const executor of executors) {
      const application = this.#applications.get(executor.appId);
      if (application === undefined || this.#endedEarly.has(`${executor.appId}/${executor.executorId}`)) continue;
      // Only a new leader learns of executors from workers: others know what they gave.
      if (this.#role === "recovering") application.executors.set(executor.executorId, executor);
      application.missing.delete(executor.executorId);
      const number = Number(executor.executorId);
      if (number >= application.nextExecutorId) application.nextExecutorId = number + 1;
    }
    for (const driverId of driverIds) {
      const driver = this.#drivers.get(driverId);
      if (driver !== undefined && driver.status.state === "running") this.#setDriver(driver, { workerId: worker.workerId });
    }
    this.#endRecovery(nowMs, false);
    this.#schedule(nowMs);
  }

  /** Of what a worker says that it runs, what nobody here knows: it has to end that. */
  unknown(
    workerId: string,
    executors: readonly ExecutorPlacement[],
    driverIds: readonly string[],
  ): { readonly executors: ExecutorPlacement[]; readonly driverIds: string[] } {
    return {
      executors: executors.filter(({ appId, executorId }) => {
        return this.#applications.get(appId)?.executors.get(executorId)?.workerId !== workerId;
      }),
      driverIds: driverIds.filter((driverId) => {
        const status = this.#drivers.get(driverId)?.status;
        return status?.workerId !== workerId || status.state !== "running";
      }),
    };
  }

  knowsWorker(workerId: string): boolean {
    return this.#workers.has(workerId);
  }

  #heardWorker(workerId: string, nowMs: number): void {
    const worker = this.#workers.get(workerId);
    if (worker !== undefined) worker.lastHeardMs = nowMs;
  }

  #workerLost(workerId: string, message: string, nowMs: number): void {
    this.#workers.delete(workerId);
    this.#actions.push({ kind: "WorkerRemoved", workerId, message });
    for (const application of this.#applications.values()) {
      for (const executor of application.executors.values()) {
        if (executor.workerId === workerId) this.#executorEnded(application, executor.executorId, message, false);
      }
    }
    for (const driver of this.#drivers.values()) {
      if (driver.status.state === "running" && driver.status.workerId === workerId) this.#driverEnded(driver, "lost", message, nowMs);
    }
    this.#schedule(nowMs);
  }

  #roomOf({ description }: Worker, appId?: string): WorkerRoom {
    const { workerId } = description;
    let coresFree = description.cores;
    let memoryFreeBytes = description.memoryBytes;
    let isTaken = false;
    for (const application of this.#applications.values()) {
      for (const executor of application.executors.values()) {
        if (executor.workerId !== workerId) continue;
        coresFree -= executor.cores;
        memoryFreeBytes -= executor.memoryBytes;
        if (executor.appId === appId) isTaken = true;
      }
    }
    for (const { description: driver, status } of this.#drivers.values()) {
      if (status.state !== "running" || status.workerId !== workerId) continue;
      coresFree -= driver.cores;
      memoryFreeBytes -= driver.memoryBytes;
    }
    return { workerId, coresFree, memoryFreeBytes, isTaken };
  }

  // ---- applications

  #addApplication(description: ApplicationDescription, nextExecutorId: number, isPresent: boolean, nowMs: number): Application {
    const application: Application = {
      description,
      executors: new Map(),
      launchedAtMs: new Map(),
      nextExecutorId,
      executorLimit: description.executorLimit ?? Number.POSITIVE_INFINITY,
      isPresent,
      missing: new Set(),
      lastHeardMs: nowMs,
      failures: 0,
      waitingSinceMs: nowMs,
    };
    this.#applications.set(description.appId, application);
    return application;
  }

  #registerApplication({ application, executorIds, nowMs }: Extract<MasterEvent, { kind: "RegisterApplication" }>): void {
    if (this.#gone.has(application.appId)) return;
    const known = this.#applications.get(application.appId);
    // After a change of master that lost its record, the numbers of executors that it has must not be given again.
    const next = Math.max(this.#silent.get(application.appId) ?? 0, ...executorIds.map((executorId) => Number(executorId) + 1));
    this.#silent.delete(application.appId);
    const registered = known ?? this.#addApplication(application, next, true, nowMs);
    // What was kept is what it wanted at first; a master that it has told since knows better than a registration that comes again.
    if (!registered.isPresent) registered.executorLimit = application.executorLimit ?? Number.POSITIVE_INFINITY;
    registered.isPresent = true;
    registered.lastHeardMs = nowMs;
    // Workers and applications come back in any order; what runs must not be given up before its worker was heard.
    for (const executorId of executorIds) if (!registered.executors.has(executorId)) registered.missing.add(executorId);
    if (next > registered.nextExecutorId) registered.nextExecutorId = next;
    if (known === undefined) this.#persistApplication(registered);
    if (this.#role === "active") {
      for (const executorId of registered.missing) this.#executorEnded(registered, executorId, "the master does not know it", false);
      registered.missing.clear();
    }
    this.#endRecovery(nowMs, false);
    this.#schedule(nowMs);
  }

  knowsApplication(appId: string): boolean {
    return this.#applications.get(appId)?.isPresent === true;
  }

  #persistApplication({ description, nextExecutorId }: Application): void {
    this.#actions.push({
      kind: "Persist",
      key: applicationKey(description.appId),
      entry: { kind: "application", application: description, nextExecutorId },
    });
  }

  #heardApplication(appId: string, nowMs: number): void {
    const application = this.#applications.get(appId);
    if (application !== undefined) application.lastHeardMs = nowMs;
  }

  #unregisterApplication(appId: string, nowMs: number): void {
    this.#gone.add(appId);
    const [oldest] = this.#gone;
    if (oldest !== undefined && this.#gone.size > goneApplicationsMax) this.#gone.delete(oldest);
    this.#removeApplication(appId, nowMs);
  }

  #removeApplication(appId: string, nowMs: number, isSilent = false): void {
    const application = this.#applications.get(appId);
    if (application === undefined) {
      if (this.#silent.delete(appId)) this.#actions.push({ kind: "Forget", key: applicationKey(appId) });
      return;
    }
    this.#applications.delete(appId);
    if (isSilent) this.#rememberSilent(appId, application.nextExecutorId);
    else this.#actions.push({ kind: "Forget", key: applicationKey(appId) });
    for (const executor of application.executors.values()) this.#actions.push({ kind: "KillExecutor", executor });
    for (const workerId of this.#workers.keys()) this.#actions.push({ kind: "CleanUpApplication", workerId, appId });
    this.#actions.push({ kind: "SweepApplication", appId });
    this.#schedule(nowMs);
  }

  #rememberSilent(appId: string, nextExecutorId: number): void {
    this.#silent.set(appId, nextExecutorId);
    this.#actions.push({ kind: "Persist", key: applicationKey(appId), entry: { kind: "silent", appId, nextExecutorId } });
    const [oldest] = this.#silent.keys();
    if (oldest === undefined || this.#silent.size <= silentApplicationsMax) return;
    this.#silent.delete(oldest);
    this.#actions.push({ kind: "Forget", key: applicationKey(oldest) });
  }

  #requestTotal(appId: string, total: number, nowMs: number): void {
    const application = this.#applications.get(appId);
    if (application === undefined) return;
    application.executorLimit = total;
    this.#schedule(nowMs);
  }

  #killExecutors({ appId, executorIds, replace, nowMs }: Extract<MasterEvent, { kind: "KillExecutors" }>): void {
    const application = this.#applications.get(appId);
    if (application === undefined) return;
    for (const executorId of executorIds) {
      const executor = application.executors.get(executorId);
      if (this.#role === "recovering") this.#endedEarly.add(`${appId}/${executorId}`);
      if (executor === undefined) continue;
      this.#actions.push({ kind: "KillExecutor", executor });
      if (!replace) application.executorLimit = Math.max(0, Math.min(application.executorLimit, application.executors.size) - 1);
      this.#executorEnded(application, executorId, "the application asked to end it", false);
    }
    this.#schedule(nowMs);
  }

  /** Ids of the executors that an application has. */
  executorIds(appId: string): string[] {
    return [...(this.#applications.get(appId)?.executors.keys() ?? [])];
  }

  /** A command is repeated until it is answered: the worker may take it after it was silent for so long that it was given up. */
  #executorLaunched(executor: ExecutorPlacement): void {
    const isKnown = this.#applications.get(executor.appId)?.executors.has(executor.executorId) === true;
    if (this.#role === "active" && !isKnown) this.#actions.push({ kind: "KillExecutor", executor });
  }

  #launchFailed({ executor, message, nowMs }: Extract<MasterEvent, { kind: "LaunchFailed" }>): void {
    // The worker may have taken it and its answer was lost.
    if (this.#role === "active") this.#actions.push({ kind: "KillExecutor", executor });
    this.#executorChanged({ ...executor, kind: "ExecutorChanged", state: "failed", message, causedByApp: false, nowMs });
  }

  #executorChanged(event: Extract<MasterEvent, { kind: "ExecutorChanged" }>): void {
    const { appId, executorId, state, message, causedByApp, nowMs } = event;
    const application = this.#applications.get(appId);
    if (application === undefined || state === "launching" || state === "running") return;
    if (this.#role === "recovering") this.#endedEarly.add(`${appId}/${executorId}`);
    if (application.missing.delete(executorId)) {
      this.#executorEnded(application, executorId, message, causedByApp);
      return this.#endRecovery(nowMs, false);
    }
    if (!application.executors.has(executorId)) return;
    // A process that has started shows nothing yet: what cannot work ends within seconds.
    const livedMs = nowMs - (application.launchedAtMs.get(executorId) ?? nowMs);
    if (causedByApp || state === "failed") application.failures = livedMs > stableMs ? 1 : application.failures + 1;
    this.#executorEnded(application, executorId, message, causedByApp);
    if (application.failures >= this.#options.maxExecutorRetries && application.executors.size === 0) {
      const reason = `${application.failures} executors failed in a row; the last: ${message}`;
      this.#actions.push({ kind: "RemoveApplication", appId, message: reason });
      return this.#removeApplication(appId, nowMs);
    }
    // One that was told to end by its driver is most often the first sign that the application is about to leave: the next tick replaces it.
    if (state !== "exited") this.#schedule(nowMs);
  }

  #executorEnded(application: Application, executorId: string, message: string, causedByApp: boolean): void {
    application.executors.delete(executorId);
    application.launchedAtMs.delete(executorId);
    this.#actions.push({ kind: "ExecutorLost", appId: application.description.appId, executorId, message, causedByApp });
  }

  // ---- drivers

  #submitDriver(description: DriverDescription, nowMs: number): void {
    const { driverId } = description;
    if (this.#drivers.has(driverId)) return;
    this.#drivers.set(driverId, {
      description,
      status: { driverId, state: "submitted", launches: 0 },
      notBeforeMs: 0,
    });
    this.#setDriver(this.#drivers.get(driverId), {});
    this.#schedule(nowMs);
  }

  #setDriver(driver: Driver | undefined, changes: Partial<DriverStatus>): void {
    if (driver === undefined) return;
    driver.status = { ...driver.status, ...changes };
    const { description, status } = driver;
    this.#actions.push({ kind: "Persist", key: driverKey(status.driverId), entry: { kind: "driver", driver: description, status } });
  }

  #driverChanged(event: Extract<MasterEvent, { kind: "DriverChanged" }>): void {
    const driver = this.#drivers.get(event.driverId);
    if (driver === undefined || driver.status.state !== "running" || event.state === "launching" || event.state === "running") return;
    // News of a launch that was given up must not end the one in its place.
    if (driver.status.launches !== event.launch) return;
    if (event.isFinal === true) this.#driverDone(driver, "failed", event.message);
    else this.#driverEnded(driver, event.state, event.message, event.nowMs, event.exitCode);
    this.#schedule(event.nowMs);
  }

  #driverLaunchFailed(event: Extract<MasterEvent, { kind: "DriverLaunchFailed" }>): void {
    const { workerId, driverId, launch } = event;
    // The worker may have taken it and its answer was lost, or take it yet.
    if (this.#role === "active") this.#actions.push({ kind: "KillDriver", workerId, driverId, launch });
    this.#driverChanged({ ...event, kind: "DriverChanged", state: "lost" });
  }

  #driverEnded(driver: Driver, how: ProcessEnd, message: string, nowMs: number, exitCode?: number): void {
    const failed = how !== "killed" && exitCode !== 0;
    if (failed && driver.description.supervise) {
      // Its worker's death is not its fault.
      driver.notBeforeMs = how === "lost" ? nowMs : nowMs + Math.min(relaunchDelayMsMax, 500 * 2 ** driver.status.launches);
      return this.#setDriver(driver, { state: "relaunching", message });
    }
    const state: DriverState = how === "killed" ? "killed" : how === "lost" ? "error" : exitCode === 0 ? "finished" : "failed";
    this.#driverDone(driver, state, message, exitCode);
  }

  #driverDone(driver: Driver, state: DriverState, message: string, exitCode?: number): void {
    this.#setDriver(driver, { state, message, ...(exitCode === undefined ? {} : { exitCode }) });
    this.#dropBundle(driver);
    this.#forgetOldDrivers();
  }

  #dropBundle({ description: { bundle } }: Driver): void {
    if (bundle !== undefined) this.#actions.push({ kind: "DropBundle", bundle });
  }

  #forgetOldDrivers(): void {
    const ended = [...this.#drivers.values()].filter(({ status }) => !isWaiting(status) && status.state !== "running");
    for (const { status } of ended.slice(0, Math.max(0, ended.length - endedDriversMax))) {
      this.#drivers.delete(status.driverId);
      this.#actions.push({ kind: "Forget", key: driverKey(status.driverId) });
    }
  }

  #killDriver(driverId: string): void {
    const driver = this.#drivers.get(driverId);
    if (driver === undefined) return;
    const { state, workerId, launches: launch } = driver.status;
    if (isWaiting(driver.status)) {
      this.#setDriver(driver, { state: "killed", message: "killed before it was launched" });
      return this.#dropBundle(driver);
    }
    if (state === "running" && workerId !== undefined) this.#actions.push({ kind: "KillDriver", workerId, driverId, launch });
  }

  driver(driverId: string): DriverStatus | undefined {
    const driver = this.#drivers.get(driverId);
    return driver === undefined ? undefined : this.#shown(driver);
  }

  /** Why a driver waits is said to whoever asks and not kept: what is free changes with every grant. */
  #shown({ description, status }: Driver): DriverStatus {
    if (status.state !== "submitted" || this.#role !== "active") return status;
    return { ...status, message: driverWaitingMessage(description, this.#standings()) };
  }

  #standings(): WorkerStanding[] {
    return [...this.#workers.values()].map((worker) => ({ worker: worker.description, room: this.#roomOf(worker) }));
  }

  // ---- giving out

  #schedule(nowMs: number): void {
    if (this.#role !== "active") return;
    for (const driver of this.#drivers.values()) if (isWaiting(driver.status) && nowMs >= driver.notBeforeMs) this.#launchDriver(driver);
    for (const application of this.#applications.values()) this.#grant(application, nowMs);
  }

  #launchDriver(driver: Driver): void {
    const { cores, memoryBytes, driverId } = driver.description;
    const rooms = [...this.#workers.values()]
      .map((worker) => this.#roomOf(worker))
      .filter((room) => room.coresFree >= cores && room.memoryFreeBytes >= memoryBytes)
      .toSorted((a, b) => b.memoryFreeBytes - a.memoryFreeBytes);
    const [best] = rooms;
    if (best === undefined) return;
    const launch = driver.status.launches + 1;
    this.#setDriver(driver, { state: "running", workerId: best.workerId, launches: launch });
    this.#actions.push({ kind: "LaunchDriver", workerId: best.workerId, driver: { ...driver.description, driverId }, launch });
  }

  #grant(application: Application, nowMs: number): void {
    const { description, executors } = application;
    const { appId } = description;
    const { coresMax = Number.POSITIVE_INFINITY } = this.#withDefaultCores(description);
    const coresGranted = [...executors.values()].reduce((sum, executor) => sum + executor.cores, 0);
    const rooms = [...this.#workers.values()].map((worker) => this.#roomOf(worker, appId));
    const executorsLeft = application.executorLimit - executors.size;
    const placed = placeExecutors(description, rooms, coresMax - coresGranted, executorsLeft, this.#options.spreadOut);
    if (executors.size > 0) application.waitingSinceMs = nowMs;
    if (placed.length === 0) return;
    const launches = placed.map(({ workerId, cores }): ExecutorPlacement => {
      const executorId = String(application.nextExecutorId++);
      return { appId, executorId, workerId, cores, memoryBytes: description.memoryPerExecutorBytes };
    });
    // Kept first, so that no later master gives a number again.
    this.#persistApplication(application);
    for (const executor of launches) {
      executors.set(executor.executorId, executor);
      application.launchedAtMs.set(executor.executorId, nowMs);
      this.#actions.push({ kind: "LaunchExecutor", executor, application: description });
      const host = this.#workers.get(executor.workerId)?.description.host ?? "";
      this.#actions.push({ kind: "ExecutorGranted", executor, host });
    }
  }

  #withDefaultCores(description: ApplicationDescription): ApplicationDescription {
    const { defaultCores } = this.#options;
    return description.coresMax !== undefined || defaultCores === undefined ? description : { ...description, coresMax: defaultCores };
  }

  // ---- time

  /** What was said while this master stood still lies unread: it must not count as silence. */
  #forgive(ms: number): void {
    for (const worker of this.#workers.values()) worker.lastHeardMs += ms;
    for (const application of this.#applications.values()) application.lastHeardMs += ms;
    this.#recoverUntilMs += ms;
  }

  #tick(nowMs: number): void {
    if (this.#role === "standby") return;
    if (this.#role === "recovering") return this.#endRecovery(nowMs, nowMs >= this.#recoverUntilMs);
    const { workerTimeoutMs, applicationTimeoutMs } = this.#options;
    for (const [workerId, worker] of this.#workers) {
      const silentMs = nowMs - worker.lastHeardMs;
      if (silentMs > workerTimeoutMs) this.#workerLost(workerId, `worker ${workerId} was silent for ${Math.round(silentMs)} ms`, nowMs);
    }
    for (const [appId, application] of this.#applications) {
      if (nowMs - application.lastHeardMs > applicationTimeoutMs) this.#removeApplication(appId, nowMs, true);
      else this.#warnWaiting(application, nowMs);
    }
    this.#schedule(nowMs);
  }

  #warnWaiting(application: Application, nowMs: number): void {
    const { warnAfterMs, warnEveryMs } = this.#options;
    if (application.executors.size > 0) application.waitingSinceMs = nowMs;
    if (nowMs - application.waitingSinceMs < warnAfterMs || application.executorLimit === 0) return;
    application.waitingSinceMs = nowMs + warnEveryMs - warnAfterMs;
    this.#actions.push({
      kind: "WarnApplication",
      appId: application.description.appId,
      message: waitingMessage(this.#withDefaultCores(application.description), this.#standings()),
    });
  }

  /** The cluster as people see it. */
  status(): ClusterStatus {
    return {
      state: this.#role,
      term: this.#term,
      masterId: this.#options.masterId,
      workers: [...this.#workers.values()].map((worker) => {
        const { coresFree, memoryFreeBytes } = this.#roomOf(worker);
        const { description } = worker;
        return { ...description, coresUsed: description.cores - coresFree, memoryUsedBytes: description.memoryBytes - memoryFreeBytes };
      }),
      applications: [...this.#applications.values()].map(({ description, executors }) => ({
        appId: description.appId,
        name: description.name,
        coresGranted: [...executors.values()].reduce((sum, executor) => sum + executor.cores, 0),
        executors: executors.size,
        state: executors.size > 0 ? "running" : "waiting",
      })),
      drivers: [...this.#drivers.values()].map((driver) => this.#shown(driver)),
    };
  }
}

function isWaiting({ state }: DriverStatus): boolean {
  return state === "submitted" || state === "relaunching";
}

function applicationKey(appId: string): string {
  return `application.${appId}`;
}

function driverKey(driverId: string): string {
  return `driver.${driverId}`;
}
