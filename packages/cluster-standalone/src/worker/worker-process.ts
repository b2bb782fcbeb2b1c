import { existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Bus, Subscription } from "@vonk/bus";
import { publishTopic, serveService, subscribeTopic } from "@vonk/bus/internal";
import { type ErrorData, errorToData, type Logger } from "@vonk/common";
import { type Clock, environmentName, type Timer } from "@vonk/common/internal";
import { type ExecutorStart, executorProcessURL } from "@vonk/cluster-nats/internal";
import type { Bundle } from "../bundle/bundle-store.ts";
import { missingBelow, missingPackages, unpackBundle } from "../bundle/unpack-bundle.ts";
import { driverProcessURL, type DriverStart } from "../driver/driver-start.ts";
import { standaloneErrors } from "../errors.ts";
import type { ApplicationDescription, DriverDescription, ExecutorPlacement, WorkerDescription } from "../message/cluster-state.ts";
import {
  clusterPrefix,
  driverLogPrefix,
  executorLogPrefix,
  leaderTopic,
  type LoggedProcess,
  logTopic,
  workerService,
  workerSubject,
} from "../message/services.ts";
import { MasterClient } from "../message/master-client.ts";
import type { ChildProcessOptions } from "../process/child-process.ts";
import { type ChildHandle, machineHost, type WorkerHost } from "../process/worker-host.ts";
import { ProcessLogs } from "./process-logs.ts";
import { nameOf, Worker } from "./worker.ts";
import type { ProcessKey, WorkerAction, WorkerEvent } from "./worker-event.ts";

/** What a worker is started with. */
export interface WorkerProcessOptions {
  readonly cluster: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly description: WorkerDescription;
  /** Folder for the files and logs of executors and drivers. */
  readonly workDir: string;
  /** `host:port` of the NATS servers, for the processes that the worker launches. */
  readonly servers: readonly string[];
  readonly natsSettings: Readonly<Record<string, string>>;
  readonly heartbeatIntervalMs: number;
  /** Called once, when a master has taken the worker on for the first time. */
  readonly onRegistered?: () => void;
  /** Gets a driver's files that its submitter has uploaded. */
  readonly fetchBundle?: (bundle: string) => Promise<Bundle>;
  /** Absent for the machine that this process runs on. */
  readonly host?: WorkerHost;
}

interface RunningProcess {
  readonly key: ProcessKey;
  readonly child: ChildHandle;
  readonly memoryLimitBytes: number;
}

/** What a driver process may use beyond its memory. */
const driverOverheadBytesMin = 384 * 2 ** 20;
const memoryPollMs = 1000;
const driverGraceMs = 5000;
const farewellTimeoutMs = 1000;
/** How long a worker repeats to the master what happened to a process. */
const tellTimeoutMs = 60_000;

/** What makes a driver fail on every launch. */
const finalErrors: ReadonlySet<string> = new Set(["BUNDLE_MISSING", "BUNDLE_PACKAGE_MISSING", "BUNDLE_PATH_OUTSIDE"]);

/** A worker's imperative shell: starts and watches processes, talks to the leading master. */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #host: WorkerHost;
  readonly #worker: Worker;
  readonly #master: MasterClient;
  readonly #processes = new Map<string, RunningProcess>();
  readonly #subscriptions: Subscription[];
  readonly #logs: ProcessLogs;
  readonly #timers = new Map<string, Timer>();
  /** Drivers that were killed while their files were fetched. */
  readonly #withdrawn = new Set<string>();
  #wasRegistered = false;
  /** Why a master refused the worker. */
  #refusal: string | undefined;
  #stopped = false;

  constructor(options: WorkerProcessOptions) {
    const { cluster, bus, description } = options;
    this.#options = options;
    this.#host = options.host ?? machineHost;
    this.#worker = new Worker(description);
    this.#logs = new ProcessLogs(options.workDir);
    this.#master = new MasterClient(bus, cluster, options.clock);
    this.#subscriptions = [
      this.#serve(),
      subscribeTopic(bus, leaderTopic, clusterPrefix(cluster), ({ term }) => this.#step({ kind: "LeaderAnnounced", term })),
    ];
    this.#step({ kind: "Started" });
    this.#every("heartbeat", options.heartbeatIntervalMs, () => this.#step({ kind: "Tick" }));
    this.#every("memory", memoryPollMs, () => this.#pollMemory());
  }

  #serve(): Subscription {
    const { bus, cluster, description } = this.#options;
    const { workerId } = description;
    return serveService(bus, workerService, workerSubject(cluster, workerId), {
      launchExecutor: (command) => this.#command({ ...command, kind: "LaunchExecutor" }),
      killExecutor: (command) => this.#command({ ...command, kind: "KillExecutor" }),
      launchDriver: (command) => this.#command({ ...command, kind: "LaunchDriver" }),
      killDriver: (command) => this.#command({ ...command, kind: "KillDriver" }),
      applicationEnded: (command) => this.#command({ ...command, kind: "ApplicationEnded" }),
      missingPackages: ({ mainFile, packages }) => {
        const { workDir } = this.#options;
        const atPath = existsSync(mainFile) ? missingPackages(mainFile, packages) : packages;
        return { packages: missingBelow(workDir, atPath), host: description.host, folder: resolve() };
      },
      listLogs: ({ ownerId }) => this.#logs.list(ownerId).map((log) => ({ ...log, isRunning: this.#isRunning(log) })),
      readLog: ({ offset, ...place }) => this.#logs.read(place, offset),
    });
  }

  /** Ids of the processes that run, by what they are. */
  processes(): readonly { readonly key: ProcessKey; readonly pid: number | undefined }[] {
    return [...this.#processes.values()].map(({ key, child }) => ({ key, pid: child.pid }));
  }

  #isRunning({ folder, ownerId, executorId }: Pick<LoggedProcess, "folder" | "ownerId" | "executorId">): boolean {
    const key: ProcessKey =
      executorId === undefined ? { kind: "driver", driverId: ownerId } : { kind: "executor", appId: ownerId, executorId };
    return folder === basename(this.#options.workDir) && this.#processes.has(nameOf(key));
  }

  /** Ends the worker and everything that it runs, with the master told first, so that others take over at once. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    for (const subscription of this.#subscriptions) subscription.close();
    const { clock, description } = this.#options;
    const { workerId } = description;
    await this.#master.call("workerLeaves", { workerId }, { timeoutMs: farewellTimeoutMs }).catch(() => undefined);
    this.#master.close();
    const running = [...this.#processes.values()];
    for (const { key, child } of running) child.kill(key.kind === "executor" ? "SIGKILL" : "SIGTERM");
    const late = clock.schedule(driverGraceMs, () => {
      for (const { child } of running) child.kill("SIGKILL");
    });
    await Promise.all(running.map(({ child }) => child.ended));
    late.cancel();
  }

  #every(name: string, intervalMs: number, run: () => void): void {
    const again = (): void => {
      if (this.#stopped) return;
      run();
      this.#timers.set(name, this.#options.clock.schedule(intervalMs, again));
    };
    this.#timers.set(name, this.#options.clock.schedule(intervalMs, again));
  }

  #command(event: Extract<WorkerEvent, { readonly term: number }>): null {
    const { workerId } = this.#options.description;
    if (event.term < this.#worker.term) {
      throw standaloneErrors.create("WORKER_COMMAND_STALE", { workerId, term: this.#worker.term, commanded: event.term });
    }
    this.#step(event);
    return null;
  }

  #step(event: WorkerEvent): void {
    if (this.#stopped) return;
    for (const action of this.#worker.step(event)) this.#perform(action);
  }

  #perform(action: WorkerAction): void {
    switch (action.kind) {
      case "Register":
        return this.#register(action);
      case "Heartbeat":
        return this.#heartbeat();
      case "StartExecutor":
        return this.#startExecutor(action.executor, action.application);
      case "StartDriver":
        return void this.#startDriver(action.driver);
      case "Kill":
        return this.#kill(action.key);
      case "ExecutorChanged": {
        const { kind: _, ...change } = action;
        this.#options.log.info(`executor ${action.appId}/${action.executorId} ${action.state}`, { message: action.message });
        return this.#tell(this.#master.call("executorChanged", change, { timeoutMs: tellTimeoutMs }));
      }
      case "DriverChanged": {
        const { kind: _, ...change } = action;
        this.#options.log.info(`driver ${action.driverId} ${action.state}`, { message: action.message });
        if (action.state !== "running") this.#host.cleanUp(join(this.#options.workDir, action.driverId));
        return this.#tell(this.#master.call("driverChanged", change, { timeoutMs: tellTimeoutMs }));
      }
      case "CleanUp":
        return this.#host.cleanUp(join(this.#options.workDir, action.appId));
    }
  }

  // ---- the master

  #register({ worker, executors, driverIds }: Extract<WorkerAction, { kind: "Register" }>): void {
    this.#master.call("registerWorker", { ...worker, executors, driverIds }, { timeoutMs: this.#options.heartbeatIntervalMs * 3 }).then(
      (reply) => {
        this.#step({ kind: "Registered", ...reply });
        if (!this.#wasRegistered) this.#options.onRegistered?.();
        this.#wasRegistered = true;
      },
      (error: unknown) => {
        this.#registrationFailed(errorToData(error));
        this.#step({ kind: "RegistrationFailed" });
      },
    );
  }

  /** That no master leads passes; that one refuses does not, and is said once. */
  #registrationFailed({ code, message, retryable }: ErrorData): void {
    if (retryable) return this.#options.log.debug("no master answers", { error: message });
    if (message !== this.#refusal) this.#options.log.error("the master refuses this worker", { code, error: message });
    this.#refusal = message;
  }

  #heartbeat(): void {
    const { workerId } = this.#options.description;
    this.#master.call("workerHeartbeat", { workerId }, { timeoutMs: this.#options.heartbeatIntervalMs }).then(
      (known) => this.#step({ kind: "HeartbeatAnswered", known }),
      // Whoever leads next will say so; what runs here goes on.
      () => undefined,
    );
  }

  /** What the master misses it learns when the worker registers again. */
  #tell(call: Promise<unknown>): void {
    call.catch((error: unknown) => this.#options.log.warn("the master was not told", { error: (error as Error).message }));
  }

  // ---- processes

  #startExecutor(executor: ExecutorPlacement, application: ApplicationDescription): void {
    const { appId, executorId, cores, memoryBytes } = executor;
    const { workDir, description, servers, natsSettings, bus } = this.#options;
    const key: ProcessKey = { kind: "executor", appId, executorId };
    const folder = join(workDir, appId, executorId);
    const localDir = join(folder, "local");
    const shuffleDir = join(workDir, appId, "shuffle");
    this.#launch(key, memoryBytes + application.memoryOverheadBytes, () => {
      this.#host.makeFolder(localDir);
      this.#host.makeFolder(shuffleDir);
      const start: ExecutorStart = { appId, executorId, host: description.host, cores, servers, natsSettings, localDir, shuffleDir };
      return this.#spawn(key, {
        entry: executorProcessURL,
        start,
        logDir: folder,
        nodeOptions: application.nodeOptions,
        environment: application.environment,
        onLog: (piece) => publishTopic(bus, logTopic, executorLogPrefix(appId, executorId), piece),
      });
    });
  }

  /** The application's own files are used where the submitter's paths lead to the same, and those that came with the driver elsewhere. */
  async #startDriver(driver: DriverDescription): Promise<void> {
    const { workDir, fetchBundle } = this.#options;
    const { driverId, mainFile, args, workingDir, bundle } = driver;
    const key: ProcessKey = { kind: "driver", driverId };
    if (bundle === undefined || fetchBundle === undefined) return this.#launchDriver(driver, { mainFile, args, workingDir });
    try {
      const folder = join(workDir, driverId, "application");
      mkdirSync(folder, { recursive: true });
      const { pathsIn, ...ready } = unpackBundle(await fetchBundle(bundle), folder, workingDir);
      const environment = Object.fromEntries(Object.entries(driver.environment).map(([name, value]) => [name, pathsIn(value)]));
      if (!this.#withdrawn.delete(nameOf(key))) return this.#launchDriver({ ...driver, environment }, { ...ready, args });
      this.#step({ kind: "StartFailed", key, message: "it was killed before it was started" });
    } catch (error) {
      this.#withdrawn.delete(nameOf(key));
      const { code = "", message } = error as { readonly code?: string; readonly message: string };
      this.#step({ kind: "StartFailed", key, message, isFinal: finalErrors.has(code) });
    }
  }

  #launchDriver({ driverId, environment, memoryBytes }: DriverDescription, start: DriverStart): void {
    const { workDir, bus, cluster } = this.#options;
    const key: ProcessKey = { kind: "driver", driverId };
    this.#launch(key, memoryBytes + Math.max(driverOverheadBytesMin, memoryBytes / 10), () => {
      return this.#spawn(key, {
        entry: driverProcessURL,
        start,
        logDir: join(workDir, driverId),
        nodeOptions: [`--max-old-space-size=${Math.ceil(memoryBytes / 2 ** 20)}`],
        environment: { ...environment, ...this.#driverEnvironment() },
        outputFirst: true,
        onLog: (piece) => publishTopic(bus, logTopic, driverLogPrefix(cluster, driverId), piece),
      });
    });
  }

  /** Where a driver finds the cluster: as this worker does, whatever way its submitter came. */
  #driverEnvironment(): Record<string, string> {
    const { servers, cluster, natsSettings } = this.#options;
    const settings = { ...natsSettings, "spark.master": `vonk://${servers.join(",")}`, "vonk.cluster.name": cluster };
    return Object.fromEntries(Object.entries(settings).map(([key, value]) => [environmentName(key), value]));
  }

  #launch(key: ProcessKey, memoryLimitBytes: number, start: () => ChildHandle): void {
    try {
      this.#processes.set(nameOf(key), { key, child: start(), memoryLimitBytes });
      this.#step({ kind: "ProcessStarted", key });
    } catch (error) {
      this.#step({ kind: "StartFailed", key, message: (error as Error).message });
    }
  }

  #spawn(key: ProcessKey, options: Omit<ChildProcessOptions, "onExit" | "onError">): ChildHandle {
    return this.#host.launch({
      ...options,
      onExit: (exitCode, signal) => {
        this.#processes.delete(nameOf(key));
        this.#step({ kind: "ProcessExited", key, exitCode, signal });
      },
      onError: (error) => this.#step({ kind: "StartFailed", key, message: error.message }),
    });
  }

  #kill(key: ProcessKey): void {
    const running = this.#processes.get(nameOf(key));
    if (running === undefined) {
      if (key.kind === "driver") this.#withdrawn.add(nameOf(key));
      return;
    }
    // An executor has nothing to say any more; a driver may have something to finish.
    if (key.kind === "executor") return running.child.kill("SIGKILL");
    running.child.kill("SIGTERM");
    this.#options.clock.schedule(driverGraceMs, () => running.child.kill("SIGKILL"));
  }

  #pollMemory(): void {
    for (const { key, child, memoryLimitBytes } of this.#processes.values()) {
      const usedBytes = child.residentBytes();
      if (usedBytes > memoryLimitBytes) this.#step({ kind: "OverMemory", key, usedBytes, limitBytes: memoryLimitBytes });
    }
  }
}
