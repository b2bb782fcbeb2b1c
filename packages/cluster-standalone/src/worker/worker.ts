import { unreachable } from "@vonk/common/internal";
import type { DriverDescription, ExecutorPlacement, WorkerDescription } from "../message/cluster-state.ts";
import type { ProcessKey, WorkerAction, WorkerEvent } from "./worker-event.ts";

interface Executor {
  readonly kind: "executor";
  readonly placement: ExecutorPlacement;
  /** Why it was told to end; absent while nobody did. */
  killReason?: string;
  /** True when its own doing made the worker end it. */
  isToBlame?: boolean;
}

interface Driver {
  readonly kind: "driver";
  readonly description: DriverDescription;
  /** Which of the driver's launches it is. */
  readonly launch: number;
  /** The launch that takes its place when it has ended. */
  next?: { readonly description: DriverDescription; readonly launch: number };
  killReason?: string;
  isToBlame?: boolean;
}

/** Ended executors, and drivers, remembered; far more than can end while a command is on its way. */
const endedMax = 10_000;

/**
 * A standalone worker: starts, watches and ends the processes of executors and drivers, as pure steps.
 *
 * Each process goes launching → running → exited | killed | failed, and every change is told to the master. What runs outlives a
 * change of master: the worker registers again with all of it, and ends what the new one does not know.
 * @see Spark's core/deploy/worker/Worker.scala
 */
export class Worker {
  readonly #description: WorkerDescription;
  readonly #processes = new Map<string, Executor | Driver>();
  /** Applications that have ended and whose executors are still on their way out. */
  readonly #ending = new Set<string>();
  /** Executors that ran here: a launch that comes again after the end must not start another of the same number. Oldest first. */
  readonly #endedExecutors = new Set<string>();
  /** The last launch of each driver that ran here or was not to start. Oldest first. */
  readonly #endedDrivers = new Map<string, number>();
  /** What the last registration told of. */
  #declared = new Set<string>();
  #term = 0;
  #isRegistered = false;
  #actions: WorkerAction[] = [];

  constructor(description: WorkerDescription) {
    this.#description = description;
  }

  get term(): number {
    return this.#term;
  }

  get processCount(): number {
    return this.#processes.size;
  }

  /** Takes one event; gives the actions it causes, in order. A command of an older term has none. */
  step(event: WorkerEvent): WorkerAction[] {
    this.#handle(event);
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #handle(event: WorkerEvent): void {
    switch (event.kind) {
      case "Started":
        return this.#register();
      case "Registered":
        return this.#registered(event);
      case "RegistrationFailed":
        this.#isRegistered = false;
        return;
      case "LeaderAnnounced":
        return this.#announced(event.term);
      case "HeartbeatAnswered":
        if (!event.known) this.#register();
        return;
      case "Tick":
        if (this.#isRegistered) this.#actions.push({ kind: "Heartbeat" });
        else this.#register();
        return;
      case "ProcessStarted":
        return this.#started(event.key);
      case "ProcessExited":
        return this.#exited(event);
      case "StartFailed":
        return this.#startFailed(event);
      case "OverMemory":
        return this.#overMemory(event);
      default:
        return this.#command(event);
    }
  }

  #command(event: Extract<WorkerEvent, { readonly term: number }>): void {
    if (event.term < this.#term) return;
    this.#term = event.term;
    switch (event.kind) {
      case "LaunchExecutor":
        return this.#launchExecutor(event);
      case "KillExecutor":
        return this.#kill({ kind: "executor", appId: event.appId, executorId: event.executorId }, "the master ended it");
      case "LaunchDriver":
        return this.#launchDriver(event.driver, event.launch);
      case "KillDriver":
        return this.#killDriver(event);
      case "ApplicationEnded":
        return this.#applicationEnded(event.appId);
      case "Registered":
      case "LeaderAnnounced":
        return;
      default:
        return unreachable(event);
    }
  }

  // ---- the master

  #announced(term: number): void {
    if (term <= this.#term && this.#isRegistered) return;
    // From now on its predecessor's commands are refused: the new master would not hear of what they start.
    this.#term = Math.max(this.#term, term);
    this.#register();
  }

  #register(): void {
    this.#isRegistered = false;
    this.#declared = new Set(this.#processes.keys());
    const processes = [...this.#processes.values()];
    this.#actions.push({
      kind: "Register",
      worker: this.#description,
      executors: processes.flatMap((one) => (one.kind === "executor" && one.killReason === undefined ? [one.placement] : [])),
      driverIds: processes.flatMap((one) => (one.kind === "driver" && one.killReason === undefined ? [one.description.driverId] : [])),
    });
  }

  #registered({ term, unknownExecutors, unknownDriverIds }: Extract<WorkerEvent, { kind: "Registered" }>): void {
    if (term < this.#term) return;
    this.#term = term;
    this.#isRegistered = true;
    for (const { appId, executorId } of unknownExecutors)
      this.#kill({ kind: "executor", appId, executorId }, "the master does not know it");
    for (const driverId of unknownDriverIds) this.#kill({ kind: "driver", driverId }, "the master does not know it");
    // A predecessor may have started something while the registration was on its way.
    if ([...this.#processes.keys()].some((name) => !this.#declared.has(name))) this.#register();
  }

  // ---- processes

  #launchExecutor({ executor, application }: Extract<WorkerEvent, { kind: "LaunchExecutor" }>): void {
    const key: ProcessKey = { kind: "executor", appId: executor.appId, executorId: executor.executorId };
    // A command may come again, even when what it started has ended.
    if (this.#processes.has(nameOf(key)) || this.#endedExecutors.has(nameOf(key))) return;
    this.#processes.set(nameOf(key), { kind: "executor", placement: executor });
    this.#actions.push({ kind: "StartExecutor", executor, application });
  }

  #launchDriver(description: DriverDescription, launch: number): void {
    const { driverId } = description;
    const key: ProcessKey = { kind: "driver", driverId };
    // A command may come again, even when what it started has ended; a supervised driver comes with a new number.
    if (launch <= (this.#endedDrivers.get(driverId) ?? -1)) return;
    const running = this.#processes.get(nameOf(key));
    if (running?.kind === "driver") {
      if (launch <= running.launch) return;
      running.next = { description, launch };
      return this.#kill(key, "it is launched anew");
    }
    this.#processes.set(nameOf(key), { kind: "driver", description, launch });
    this.#actions.push({ kind: "StartDriver", driver: description });
  }

  #killDriver({ driverId, launch }: Extract<WorkerEvent, { kind: "KillDriver" }>): void {
    const key: ProcessKey = { kind: "driver", driverId };
    const running = this.#processes.get(nameOf(key));
    if (running?.kind !== "driver") return this.#rememberDriver(driverId, launch);
    const message = "it was killed on request";
    if (running.launch <= launch) this.#kill(key, message);
    if (running.next === undefined || running.next.launch > launch) return;
    this.#rememberDriver(driverId, running.next.launch);
    this.#actions.push({ kind: "DriverChanged", driverId, launch: running.next.launch, state: "killed", message });
    delete running.next;
  }

  #kill(key: ProcessKey, reason: string): void {
    const running = this.#processes.get(nameOf(key));
    if (running === undefined) {
      // Its launch may be still on the way.
      if (key.kind === "executor") this.#rememberEnded(nameOf(key));
      return;
    }
    running.killReason ??= reason;
    this.#actions.push({ kind: "Kill", key });
  }

  #applicationEnded(appId: string): void {
    const executors = [...this.#processes.values()].flatMap((one) =>
      one.kind === "executor" && one.placement.appId === appId ? [one] : [],
    );
    for (const { placement } of executors) {
      this.#kill({ kind: "executor", appId, executorId: placement.executorId }, "its application has ended");
    }
    if (executors.length === 0) this.#actions.push({ kind: "CleanUp", appId });
    else this.#ending.add(appId);
  }

  #started(key: ProcessKey): void {
    const running = this.#processes.get(nameOf(key));
    if (key.kind === "driver" && running?.kind === "driver")
      this.#actions.push({ kind: "DriverChanged", driverId: key.driverId, launch: running.launch, state: "running", message: "" });
    else if (key.kind === "executor")
      this.#actions.push({ ...key, kind: "ExecutorChanged", state: "running", message: "", causedByApp: false });
  }

  #overMemory({ key, usedBytes, limitBytes }: Extract<WorkerEvent, { kind: "OverMemory" }>): void {
    const running = this.#processes.get(nameOf(key));
    if (running === undefined || running.killReason !== undefined) return;
    running.isToBlame = true;
    const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
    const settings = { executor: "spark.executor.memory or spark.executor.memoryOverhead", driver: "spark.driver.memory" };
    const advice = `raise ${settings[key.kind]}`;
    this.#kill(key, `it used ${mebibytes(usedBytes)} MiB of memory, its limit is ${mebibytes(limitBytes)} MiB: ${advice}`);
  }

  #startFailed({ key, message, isFinal }: Extract<WorkerEvent, { kind: "StartFailed" }>): void {
    if (key.kind === "executor" || isFinal !== true) return this.#ended(key, "failed", message, true);
    const failed = this.#processes.get(nameOf(key));
    if (failed?.kind !== "driver") return;
    const { launch, next } = failed;
    this.#processes.delete(nameOf(key));
    this.#rememberDriver(key.driverId, launch);
    this.#actions.push({ kind: "DriverChanged", driverId: key.driverId, launch, state: "failed", message, isFinal });
    if (next !== undefined) this.#launchDriver(next.description, next.launch);
  }

  #exited({ key, exitCode, signal }: Extract<WorkerEvent, { kind: "ProcessExited" }>): void {
    const running = this.#processes.get(nameOf(key));
    if (running === undefined) return;
    const how = signal === null ? `it exited with code ${exitCode}` : `it was ended by ${signal}`;
    if (running.killReason !== undefined) return this.#ended(key, "killed", running.killReason, running.isToBlame === true, exitCode);
    this.#ended(key, exitCode === 0 ? "exited" : "failed", how, exitCode !== 0, exitCode);
  }

  #ended(key: ProcessKey, state: "exited" | "killed" | "failed", message: string, causedByApp: boolean, exitCode?: number | null): void {
    const ended = this.#processes.get(nameOf(key));
    this.#processes.delete(nameOf(key));
    if (key.kind === "driver") {
      const code = exitCode === undefined || exitCode === null ? {} : { exitCode };
      if (ended?.kind !== "driver") return;
      const { launch, next } = ended;
      this.#rememberDriver(key.driverId, launch);
      this.#actions.push({ kind: "DriverChanged", driverId: key.driverId, launch, state, message, ...code });
      if (next !== undefined) this.#launchDriver(next.description, next.launch);
      return;
    }
    const { appId, executorId } = key;
    this.#rememberEnded(nameOf(key));
    this.#actions.push({ kind: "ExecutorChanged", appId, executorId, state, message, causedByApp });
    if (!this.#ending.has(appId) || [...this.#processes.values()].some((one) => one.kind === "executor" && one.placement.appId === appId))
      return;
    this.#ending.delete(appId);
    this.#actions.push({ kind: "CleanUp", appId });
  }

  #rememberDriver(driverId: string, launch: number): void {
    const last = Math.max(launch, this.#endedDrivers.get(driverId) ?? 0);
    this.#endedDrivers.delete(driverId);
    this.#endedDrivers.set(driverId, last);
    const [oldest] = this.#endedDrivers.keys();
    if (oldest !== undefined && this.#endedDrivers.size > endedMax) this.#endedDrivers.delete(oldest);
  }

  #rememberEnded(name: string): void {
    this.#endedExecutors.add(name);
    const [oldest] = this.#endedExecutors;
    if (oldest !== undefined && this.#endedExecutors.size > endedMax) this.#endedExecutors.delete(oldest);
  }
}

/** A name for a process that no other process of the worker has. */
export function nameOf(key: ProcessKey): string {
  return key.kind === "driver" ? `driver ${key.driverId}` : `executor ${key.appId} ${key.executorId}`;
}
