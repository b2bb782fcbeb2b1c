import { describe, expect, it } from "vitest";
import type { ApplicationDescription, DriverDescription, WorkerDescription } from "../message/cluster-state.ts";
import { Master } from "./master.ts";
import type { MasterAction, MasterEvent, PersistedEntry } from "./master-event.ts";

const gibibyte = 2 ** 30;

function application(appId: string, extras: Partial<ApplicationDescription> = {}): ApplicationDescription {
  return {
    appId,
    name: appId,
    driverHost: "here",
    memoryPerExecutorBytes: gibibyte,
    memoryOverheadBytes: 0,
    environment: {},
    nodeOptions: [],
    ...extras,
  };
}

function worker(workerId: string, cores = 4, memoryBytes = 8 * gibibyte): WorkerDescription {
  return { workerId, host: `host of ${workerId}`, cores, memoryBytes, version: "1" };
}

function driver(driverId: string, extras: Partial<DriverDescription> = {}): DriverDescription {
  const description = { name: driverId, mainFile: "app.js", args: [], workingDir: "/", cores: 1, memoryBytes: gibibyte, supervise: false };
  return { driverId, environment: {}, ...description, ...extras };
}

/** A master with its clock and what it wanted done. */
class Harness {
  readonly master: Master;
  nowMs = 0;

  constructor(extras: { readonly spreadOut?: boolean; readonly maxExecutorRetries?: number } = {}) {
    this.master = new Master({
      masterId: "m",
      workerTimeoutMs: 4000,
      applicationTimeoutMs: 4000,
      recoveryTimeoutMs: 1000,
      spreadOut: true,
      maxExecutorRetries: 3,
      warnAfterMs: 2000,
      warnEveryMs: 10_000,
      ...extras,
    });
  }

  do(event: Record<string, unknown> & { readonly kind: MasterEvent["kind"] }): MasterAction[] {
    return this.master.step({ nowMs: this.nowMs, ...event } as MasterEvent);
  }

  lead(persisted: readonly PersistedEntry[] = [], term = 1): this {
    this.do({ kind: "ElectedLeader", term, persisted });
    return this;
  }

  worker(description: WorkerDescription, executors: readonly unknown[] = [], driverIds: readonly string[] = []): MasterAction[] {
    return this.do({ kind: "RegisterWorker", worker: description, executors, driverIds });
  }

  application(description: ApplicationDescription, executorIds: readonly string[] = []): MasterAction[] {
    return this.do({ kind: "RegisterApplication", application: description, executorIds });
  }

  /** Time passes, with everybody named still heard of. */
  pass(ms: number, heard: { readonly workers?: readonly string[]; readonly applications?: readonly string[] } = {}): MasterAction[] {
    this.nowMs += ms;
    for (const workerId of heard.workers ?? []) this.do({ kind: "WorkerHeartbeat", workerId });
    for (const appId of heard.applications ?? []) this.do({ kind: "ApplicationHeartbeat", appId });
    return this.do({ kind: "Tick" });
  }
}

function launched(actions: readonly MasterAction[]): string[] {
  return actions.flatMap((action) =>
    action.kind === "LaunchExecutor"
      ? [`${action.executor.appId}/${action.executor.executorId} ${action.executor.cores} on ${action.executor.workerId}`]
      : [],
  );
}

function kinds(actions: readonly MasterAction[]): string[] {
  return actions.map((action) => action.kind);
}

describe("giving out", () => {
  it("gives nothing while it does not lead", () => {
    const h = new Harness();
    h.worker(worker("w1"));
    expect(h.application(application("a"))).not.toContainEqual(expect.objectContaining({ kind: "LaunchExecutor" }));
  });

  it("gives one executor a worker with all cores, to the first application", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.worker(worker("w2", 2));
    expect(launched(h.application(application("a")))).toEqual(["a/0 4 on w1", "a/1 2 on w2"]);
    expect(launched(h.application(application("b")))).toEqual([]);
    expect(launched(h.do({ kind: "UnregisterApplication", appId: "a" }))).toEqual(["b/0 4 on w1", "b/1 2 on w2"]);
  });

  it("spreads cores out, or fills a worker before the next", () => {
    const wants = application("a", { coresMax: 4, coresPerExecutor: 1 });
    const spread = new Harness().lead();
    for (const id of ["w1", "w2"]) spread.worker(worker(id));
    expect(launched(spread.application(wants)).map((text) => text.slice(-2))).toEqual(["w1", "w1", "w2", "w2"]);
    const full = new Harness({ spreadOut: false }).lead();
    for (const id of ["w1", "w2"]) full.worker(worker(id));
    expect(launched(full.application(wants)).map((text) => text.slice(-2))).toEqual(["w1", "w1", "w1", "w1"]);
  });

  it("heeds memory, the limit of executors, and cores of an executor that fit nowhere", () => {
    const h = new Harness().lead();
    h.worker(worker("w1", 8, 2 * gibibyte));
    expect(launched(h.application(application("a", { coresPerExecutor: 2 })))).toHaveLength(2);
    h.worker(worker("w2", 8));
    expect(launched(h.application(application("b", { coresPerExecutor: 1, executorLimit: 1 })))).toHaveLength(0);
    h.do({ kind: "UnregisterApplication", appId: "a" });
    expect(h.master.status().applications).toMatchObject([{ appId: "b", executors: 1 }]);
    expect(launched(h.application(application("c", { coresPerExecutor: 16 })))).toEqual([]);
  });

  it("keeps an application's next number before it launches", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    const actions = kinds(h.application(application("a")));
    expect(actions.lastIndexOf("Persist")).toBeLessThan(actions.indexOf("LaunchExecutor"));
  });

  it("takes wishes for more, fewer and other executors", () => {
    const h = new Harness().lead();
    for (const id of ["w1", "w2", "w3"]) h.worker(worker(id, 1));
    h.application(application("a", { coresPerExecutor: 1, executorLimit: 1 }));
    expect(launched(h.do({ kind: "RequestTotalExecutors", appId: "a", total: 2 }))).toHaveLength(1);
    const killed = h.do({ kind: "KillExecutors", appId: "a", executorIds: ["0", "9"], replace: true });
    expect(kinds(killed).filter((kind) => kind === "KillExecutor")).toHaveLength(1);
    expect(launched(killed)).toHaveLength(1);
    expect(launched(h.do({ kind: "KillExecutors", appId: "a", executorIds: ["1"], replace: false }))).toEqual([]);
    expect(h.master.executorIds("a")).toEqual(["2"]);
  });

  it("says to an application that waits what it wants, what is free, and what would help", () => {
    const h = new Harness().lead();
    const all = { workers: ["w1"], applications: ["a"] };
    h.application(application("a", { memoryPerExecutorBytes: 20 * gibibyte }));
    expect(h.pass(2500, all)).toMatchObject([{ kind: "WarnApplication", message: expect.stringContaining("no workers") }]);
    h.worker(worker("w1"));
    expect(h.pass(2500, all)).toEqual([]);
    expect(h.pass(3000, all).concat(h.pass(3000, all), h.pass(3000, all))).toMatchObject([
      {
        kind: "WarnApplication",
        message: expect.stringMatching(/20 GiB; free: w1 4 cores of 4, 8 GiB of 8 GiB\. No worker is that large/),
      },
    ]);
  });
});

describe("losses", () => {
  it("replaces an executor that ended, and counts failures against an application that has none", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.application(application("a"));
    const fail = (executorId: string): MasterAction[] =>
      h.do({ kind: "ExecutorChanged", appId: "a", executorId, state: "failed", message: "it exited with code 50", causedByApp: true });
    const first = fail("0");
    expect(first).toContainEqual(expect.objectContaining({ kind: "ExecutorLost", executorId: "0", causedByApp: true }));
    expect(launched(first)).toEqual(["a/1 4 on w1"]);
    h.pass(3000, { workers: ["w1"], applications: ["a"] });
    for (let seconds = 0; seconds < 11; seconds++) h.pass(1000, { workers: ["w1"], applications: ["a"] });
    fail("1");
    fail("2");
    expect(fail("3")).toContainEqual({
      kind: "RemoveApplication",
      appId: "a",
      message: "3 executors failed in a row; the last: it exited with code 50",
    });
    expect(h.master.knowsApplication("a")).toBe(false);
  });

  it("replaces an executor that was told to end by its driver only at the next tick: the application may be about to leave", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.application(application("a"));
    const ended = { kind: "ExecutorChanged", appId: "a", executorId: "0", state: "exited", message: "", causedByApp: false } as const;
    expect(launched(h.do(ended))).toEqual([]);
    expect(launched(h.pass(250, { workers: ["w1"], applications: ["a"] }))).toEqual(["a/1 4 on w1"]);
  });

  it("gives up a silent worker with all that ran there, and does not blame the application", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.worker(worker("w2"));
    h.application(application("a"));
    const actions = h.pass(4500, { workers: ["w2"], applications: ["a"] });
    expect(actions).toContainEqual(expect.objectContaining({ kind: "WorkerRemoved", workerId: "w1" }));
    expect(actions).toContainEqual(expect.objectContaining({ kind: "ExecutorLost", executorId: "0", causedByApp: false }));
    expect(h.master.knowsWorker("w1")).toBe(false);
    // It comes back with an executor that was given up.
    const executor = { appId: "a", executorId: "0", workerId: "w1", cores: 4, memoryBytes: gibibyte };
    h.worker(worker("w1"), [executor]);
    expect(h.master.unknown("w1", [executor], []).executors).toEqual([executor]);
  });

  it("ends the executors of an application that fell silent", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.application(application("a"));
    expect(kinds(h.pass(4500, { workers: ["w1"] }))).toEqual(["Persist", "KillExecutor", "CleanUpApplication", "SweepApplication"]);
  });

  it("does not take its own standstill for the silence of others", () => {
    // Found by the simulation: a master was stopped for less than its lease lasts, and gave up every worker before it read their signs
    // of life, so that all executors were ended.
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.application(application("a"));
    h.nowMs += 4500;
    h.do({ kind: "StoodStill", ms: 4200 });
    expect(h.do({ kind: "Tick" })).toEqual([]);
    expect(kinds(h.pass(4500))).toContain("WorkerRemoved");
  });

  it("gives no number again to an application that fell silent and comes back, not even under another master", () => {
    // Found by the simulation: the application had not heard yet of its first executor, was removed while it was cut off, and came back with
    // nothing. Number 0 was given again while the first one still ran; the driver took both for one, and waited for tasks of a dead one.
    const h = new Harness().lead();
    h.worker(worker("w1", 1));
    expect(launched(h.application(application("a")))).toEqual(["a/0 1 on w1"]);
    const [kept] = h.pass(4500, { workers: ["w1"] });
    expect(kept).toMatchObject({ kind: "Persist", key: "application.a", entry: { kind: "silent", nextExecutorId: 1 } });
    expect(launched(h.application(application("a")))).toEqual(["a/1 1 on w1"]);
    const next = new Harness().lead([{ kind: "silent", appId: "a", nextExecutorId: 1 }], 2);
    next.worker(worker("w1", 1));
    expect(launched(next.application(application("a")))).toEqual(["a/1 1 on w1"]);
  });

  it("does not heed a registration that comes again after the goodbye", () => {
    // Found by the simulation: the repeat lay with a master that was stopped, and the next one gave executors to nobody.
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.application(application("a"));
    h.do({ kind: "UnregisterApplication", appId: "a" });
    expect(h.application(application("a"))).toEqual([]);
    expect(h.master.knowsApplication("a")).toBe(false);
  });

  it("forgets a silent application that says goodbye, and the oldest of many", () => {
    const silent = Array.from({ length: 201 }, (_, index): PersistedEntry => ({ kind: "silent", appId: `s${index}`, nextExecutorId: 1 }));
    const h = new Harness().lead(silent);
    expect(h.do({ kind: "UnregisterApplication", appId: "s7" })).toEqual([{ kind: "Forget", key: "application.s7" }]);
    h.application(application("a"));
    expect(h.pass(4500)).toContainEqual({ kind: "Forget", key: "application.s0" });
  });

  it("ends an executor whose launch a worker took after the worker was given up", () => {
    // Found by the simulation: the command was repeated over the link's recovery and started executors that nobody counted.
    const h = new Harness().lead();
    h.worker(worker("w1", 1));
    const [launch] = h.application(application("a")).flatMap((action) => (action.kind === "LaunchExecutor" ? [action.executor] : []));
    expect(h.do({ kind: "ExecutorLaunched", executor: launch })).toEqual([]);
    h.pass(4500, { applications: ["a"] });
    h.worker(worker("w1", 1));
    expect(h.do({ kind: "ExecutorLaunched", executor: launch })).toEqual([{ kind: "KillExecutor", executor: launch }]);
  });

  it("tries elsewhere when a worker did not take a launch", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    const [launch] = h.application(application("a")).filter((action) => action.kind === "LaunchExecutor");
    expect(launched(h.do({ kind: "LaunchFailed", executor: launch?.executor, message: "no answer" }))).toEqual(["a/1 4 on w1"]);
  });
});

describe("drivers", () => {
  it("launches a driver when there is room, before applications", () => {
    const h = new Harness().lead();
    expect(kinds(h.do({ kind: "SubmitDriver", driver: driver("d") }))).toEqual(["Persist"]);
    h.application(application("a"));
    const actions = h.worker(worker("w1", 2));
    expect(kinds(actions).filter((kind) => kind.startsWith("Launch"))).toEqual(["LaunchDriver", "LaunchExecutor"]);
    expect(h.master.driver("d")).toMatchObject({ state: "running", workerId: "w1", launches: 1 });
  });

  it("says why a driver waits, with what is free, and no more once it runs", () => {
    const h = new Harness().lead();
    h.do({ kind: "SubmitDriver", driver: driver("d", { cores: 8, memoryBytes: 2 * gibibyte }) });
    expect(h.master.driver("d")?.message).toBe(
      "it waits for a worker with 8 cores and 2 GiB; the cluster has no workers. Start one with: vonk worker vonk://host:port",
    );
    h.worker(worker("w1"));
    expect(h.master.status().drivers[0]?.message).toMatch(
      /; free: w1 4 cores of 4, 8 GiB of 8 GiB\. No worker is that large: lower spark\.driver\.memory or spark\.driver\.cores and submit again,/,
    );
    h.worker(worker("w2", 8));
    expect(h.master.driver("d")).toEqual({ driverId: "d", state: "running", workerId: "w2", launches: 1 });
    h.do({ kind: "SubmitDriver", driver: driver("e", { cores: 5 }) });
    expect(h.master.driver("e")?.message).toMatch(/w2 0 cores of 8, 6 GiB of 8 GiB\. It gets them when others give theirs back\.$/);
  });

  it("keeps how it ended", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    for (const id of ["ok", "bad", "dead"]) h.do({ kind: "SubmitDriver", driver: driver(id) });
    h.do({ kind: "DriverChanged", driverId: "ok", launch: 1, state: "exited", exitCode: 0, message: "" });
    h.do({ kind: "DriverChanged", driverId: "bad", launch: 1, state: "failed", exitCode: 3, message: "" });
    expect(kinds(h.do({ kind: "KillDriver", driverId: "dead" }))).toEqual(["KillDriver"]);
    h.do({ kind: "DriverChanged", driverId: "dead", launch: 1, state: "killed", message: "" });
    expect(h.master.status().drivers.map(({ state, exitCode }) => [state, exitCode])).toEqual([
      ["finished", 0],
      ["failed", 3],
      ["killed", undefined],
    ]);
  });

  it("drops a driver's files when it has ended for good", () => {
    const h = new Harness().lead();
    const dropped = (actions: readonly MasterAction[]): string[] =>
      actions.flatMap((action) => (action.kind === "DropBundle" ? [action.bundle] : []));
    h.do({ kind: "SubmitDriver", driver: driver("waits", { bundle: "waits", memoryBytes: 9 * gibibyte }) });
    expect(dropped(h.do({ kind: "KillDriver", driverId: "waits" }))).toEqual(["waits"]);
    h.worker(worker("w1"));
    h.do({ kind: "SubmitDriver", driver: driver("d", { bundle: "d", supervise: true }) });
    const ended = { kind: "DriverChanged", driverId: "d", launch: 1, message: "" } as const;
    expect(dropped(h.do({ ...ended, state: "failed", exitCode: 1 }))).toEqual([]);
    h.pass(5000, { workers: ["w1"] });
    expect(dropped(h.do({ ...ended, launch: 2, state: "exited", exitCode: 0 }))).toEqual(["d"]);
  });

  it("does not launch a supervised driver again that would fail in the same way", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.do({ kind: "SubmitDriver", driver: driver("d", { bundle: "d", supervise: true }) });
    const done = h.do({ kind: "DriverChanged", driverId: "d", launch: 1, state: "failed", message: "no such package", isFinal: true });
    expect(kinds(done)).toEqual(["Persist", "DropBundle"]);
    expect(h.master.driver("d")).toMatchObject({ state: "failed", message: "no such package", launches: 1 });
    expect(kinds(h.pass(60_000, { workers: ["w1"] }))).not.toContain("LaunchDriver");
  });

  it("launches a supervised driver again, more slowly each time, and at once when its worker died", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.worker(worker("w2"));
    const both = { workers: ["w1", "w2"] };
    h.do({ kind: "SubmitDriver", driver: driver("d", { supervise: true }) });
    h.do({ kind: "DriverChanged", driverId: "d", launch: 1, state: "failed", exitCode: 1, message: "" });
    expect(h.master.driver("d")?.state).toBe("relaunching");
    expect(kinds(h.pass(500, both))).toEqual([]);
    expect(kinds(h.pass(600, both))).toContain("LaunchDriver");
    const { workerId } = h.master.driver("d") ?? {};
    const others = ["w1", "w2"].filter((id) => id !== workerId);
    h.pass(2000, { workers: others });
    h.pass(2500, { workers: others });
    expect(h.master.driver("d")).toMatchObject({ state: "running", workerId: others[0], launches: 3 });
  });
});

describe("launches of a driver", () => {
  it("that got no answer are called off, and what is heard of them later does not count", () => {
    const h = new Harness().lead();
    h.worker(worker("w1"));
    h.do({ kind: "SubmitDriver", driver: driver("d", { supervise: true }) });
    const first = { workerId: "w1", driverId: "d", launch: 1 } as const;
    const actions = h.do({ ...first, kind: "DriverLaunchFailed", message: "no answer" });
    expect(actions).toContainEqual({ ...first, kind: "KillDriver" });
    expect(actions.find(({ kind }) => kind === "LaunchDriver")).toMatchObject({ driver: { driverId: "d" }, launch: 2 });
    h.do({ kind: "DriverChanged", driverId: "d", launch: 1, state: "killed", message: "it was killed on request" });
    expect(h.master.driver("d")).toMatchObject({ state: "running", launches: 2 });
    h.do({ kind: "DriverChanged", driverId: "d", launch: 2, state: "exited", exitCode: 0, message: "" });
    expect(h.master.driver("d")).toMatchObject({ state: "finished", launches: 2 });
  });
});

describe("a change of master", () => {
  const kept: PersistedEntry[] = [
    { kind: "application", application: application("a"), nextExecutorId: 5 },
    {
      kind: "driver",
      driver: driver("d"),
      status: { driverId: "d", state: "running", workerId: "w1", launches: 1 },
    },
  ];
  const executor = { appId: "a", executorId: "4", workerId: "w1", cores: 2, memoryBytes: gibibyte };

  it("waits for those it knows of, loses nobody and gives no number again", () => {
    const h = new Harness().lead(kept, 7);
    expect(h.master.role).toBe("recovering");
    h.worker(worker("w1"), [executor], ["d"]);
    const actions = h.application(application("a"), ["4"]);
    expect(h.master.role).toBe("active");
    expect(h.master.term).toBe(7);
    expect(h.master.executorIds("a")).toEqual(["4"]);
    // One core is the driver's, two the executor's; without a size an application has one executor a worker.
    expect(launched(actions)).toEqual([]);
    expect(launched(h.worker(worker("w2", 1)))).toEqual(["a/5 1 on w2"]);
  });

  it("gives an application as many executors as it wants by now, not as it wanted at first", () => {
    const wanted = application("a", { coresPerExecutor: 1 });
    const h = new Harness().lead([{ kind: "application", application: wanted, nextExecutorId: 5 }], 7);
    h.worker(worker("w1"));
    expect(launched(h.application({ ...wanted, executorLimit: 2 }))).toEqual(["a/5 1 on w1", "a/6 1 on w1"]);
    h.do({ kind: "RequestTotalExecutors", appId: "a", total: 3 });
    // A registration that comes again says what was known when it was sent first.
    expect(launched(h.application({ ...wanted, executorLimit: 4 }, ["5", "6"]))).toEqual([]);
    expect(h.master.executorIds("a")).toEqual(["5", "6", "7"]);
  });

  it("waits for the executors that an application says it has, whoever comes back first", () => {
    const h = new Harness().lead(kept.slice(0, 1), 7);
    expect(launched(h.application(application("a"), ["4", "5"]))).toEqual([]);
    h.worker(worker("w1"), [executor]);
    expect(h.master.role).toBe("recovering");
    expect(h.master.unknown("w1", [executor], []).executors).toEqual([]);
    // The other worker does not come back.
    const lost = h.pass(1500).filter(({ kind }) => kind === "ExecutorLost");
    expect(lost).toMatchObject([{ appId: "a", executorId: "5", message: "its worker did not come back", causedByApp: false }]);
    expect(h.master.role).toBe("active");
    expect(launched(h.worker(worker("w2", 1)))).toEqual(["a/6 1 on w2"]);
  });

  it("does not take back an executor whose end it heard before the registration that still names it", () => {
    // Found by the simulation: the worker's registration was overtaken by the report of the exit, and the cores were in use for good.
    const h = new Harness().lead(kept.slice(0, 1), 7);
    h.do({ kind: "ExecutorChanged", appId: "a", executorId: "4", state: "failed", message: "it was killed", causedByApp: true });
    h.worker(worker("w1", 2), [executor]);
    expect(launched(h.application(application("a")))).toEqual(["a/5 2 on w1"]);
    expect(h.master.executorIds("a")).toEqual(["5"]);
  });

  it("ends an executor that was to be ended before, when its worker comes back with it later", () => {
    // Found by the simulation: the master lost the lead before its order to end a hanging executor arrived, and the next one kept it.
    const h = new Harness().lead(kept.slice(0, 1), 7);
    h.do({ kind: "KillExecutors", appId: "a", executorIds: ["4"], replace: true });
    h.worker(worker("w1", 2), [executor]);
    const actions = h.application(application("a"));
    expect(actions).toContainEqual({ kind: "KillExecutor", executor });
    expect(launched(actions)).toEqual(["a/5 2 on w1"]);
  });

  it("ends what a worker runs for applications that were not kept, once it knows who is there", () => {
    // Found by the simulation: a worker that had been given up came back to a master that was recovering, with executors of an application
    // that had been removed. Nobody told it to end them, and the next executors came on top.
    const h = new Harness().lead(kept.slice(0, 1), 7);
    const stray = { ...executor, appId: "b" };
    h.worker(worker("w1"), [executor, stray], ["e"]);
    const actions = h.application(application("a"), ["4"]);
    expect(actions).toContainEqual({ kind: "KillExecutor", executor: stray });
    expect(actions).toContainEqual({ kind: "KillDriver", workerId: "w1", driverId: "e", launch: Number.MAX_SAFE_INTEGER });
    expect(kinds(actions).filter((kind) => kind === "KillExecutor")).toHaveLength(1);
  });

  it("tells an application of the end of an executor that it still waited for", () => {
    const h = new Harness().lead(kept.slice(0, 1), 7);
    h.application(application("a"), ["4"]);
    const change = { appId: "a", executorId: "4", state: "failed", message: "it was killed", causedByApp: true };
    expect(h.do({ kind: "ExecutorChanged", ...change })).toContainEqual(expect.objectContaining({ kind: "ExecutorLost", executorId: "4" }));
    expect(h.master.role).toBe("active");
  });

  it("tells an application at once of executors that an active master does not know", () => {
    const h = new Harness().lead();
    expect(h.application(application("a"), ["3"])).toContainEqual(expect.objectContaining({ kind: "ExecutorLost", executorId: "3" }));
    expect(launched(h.worker(worker("w1")))).toEqual(["a/4 4 on w1"]);
  });

  it("goes on without those that did not come back", () => {
    const h = new Harness().lead(kept);
    expect(kinds(h.pass(1500))).toEqual(["Persist", "SweepApplication", "Persist"]);
    expect(h.master.role).toBe("active");
    expect(h.master.driver("d")?.state).toBe("error");
  });

  it("is active at once when nothing was kept, and knows nothing once it lost the lead", () => {
    const h = new Harness();
    expect(kinds(h.do({ kind: "ElectedLeader", term: 1, persisted: [] }))).toEqual(["AnnounceLeader"]);
    expect(h.master.role).toBe("active");
    h.worker(worker("w1"));
    h.do({ kind: "LeadershipLost" });
    expect(h.master.status()).toMatchObject({ state: "standby", workers: [] });
  });
});
