import { describe, expect, it } from "vitest";
import type { ApplicationDescription, DriverDescription, ExecutorPlacement } from "../message/cluster-state.ts";
import { Worker } from "./worker.ts";
import type { ProcessKey, WorkerAction } from "./worker-event.ts";

const description = { workerId: "w1", host: "here", cores: 2, memoryBytes: 2 ** 30, version: "1" };
const application: ApplicationDescription = {
  appId: "a",
  name: "a",
  driverHost: "here",
  memoryPerExecutorBytes: 1,
  memoryOverheadBytes: 0,
  environment: {},
  nodeOptions: [],
};
const executor: ExecutorPlacement = { appId: "a", executorId: "0", workerId: "w1", cores: 1, memoryBytes: 1 };
const key: ProcessKey = { kind: "executor", appId: "a", executorId: "0" };

function registered(term = 3): Worker {
  const worker = new Worker(description);
  worker.step({ kind: "Started" });
  worker.step({ kind: "Registered", term, unknownExecutors: [], unknownDriverIds: [] });
  return worker;
}

function launch(worker: Worker, term = 3): WorkerAction[] {
  return worker.step({ kind: "LaunchExecutor", term, executor, application });
}

describe("Worker", () => {
  it("registers until a master answers, then shows that it lives", () => {
    const worker = new Worker(description);
    expect(worker.step({ kind: "Started" })).toMatchObject([{ kind: "Register" }]);
    expect(worker.step({ kind: "Tick" })).toMatchObject([{ kind: "Register" }]);
    worker.step({ kind: "Registered", term: 1, unknownExecutors: [], unknownDriverIds: [] });
    expect(worker.step({ kind: "Tick" })).toEqual([{ kind: "Heartbeat" }]);
    expect(worker.step({ kind: "HeartbeatAnswered", known: false })).toMatchObject([{ kind: "Register" }]);
  });

  it("says of a driver that could not be started whether another launch would help", () => {
    const worker = registered();
    const driver = { name: "d", mainFile: "a.js", args: [], workingDir: "/", cores: 1, memoryBytes: 1, supervise: true, environment: {} };
    for (const [index, isFinal] of [false, true].entries()) {
      const launch = index + 1;
      worker.step({ kind: "LaunchDriver", term: 3, driver: { ...driver, driverId: "d" }, launch });
      const told = worker.step({ kind: "StartFailed", key: { kind: "driver", driverId: "d" }, message: "no", isFinal });
      expect(told).toEqual([
        { kind: "DriverChanged", driverId: "d", launch, state: "failed", message: "no", ...(isFinal ? { isFinal } : {}) },
      ]);
    }
  });

  it("starts an executor once, however often it is told to, and says how it ended", () => {
    const worker = registered();
    expect(launch(worker)).toMatchObject([{ kind: "StartExecutor" }]);
    expect(launch(worker)).toEqual([]);
    expect(worker.step({ kind: "ProcessStarted", key })).toMatchObject([{ kind: "ExecutorChanged", state: "running" }]);
    expect(worker.step({ kind: "ProcessExited", key, exitCode: null, signal: "SIGKILL" })).toMatchObject([
      { kind: "ExecutorChanged", state: "failed", causedByApp: true, message: "it was ended by SIGKILL" },
    ]);
    expect(worker.processCount).toBe(0);
  });

  it("does not start an executor again whose launch comes once more after its end, or after the order to end it", () => {
    // Found by the simulation: the launch was repeated because its answer was lost; the executor had been killed meanwhile.
    const worker = registered();
    launch(worker);
    worker.step({ kind: "ProcessExited", key, exitCode: null, signal: "SIGKILL" });
    expect(launch(worker)).toEqual([]);
    const other = registered();
    expect(other.step({ kind: "KillExecutor", term: 3, appId: "a", executorId: "0" })).toEqual([]);
    expect(launch(other)).toEqual([]);
  });

  it("refuses a replaced master as soon as it has heard of its successor", () => {
    const worker = registered(3);
    worker.step({ kind: "LeaderAnnounced", term: 4 });
    expect(launch(worker, 3)).toEqual([]);
    expect(worker.term).toBe(4);
  });

  it("registers again when a replaced master launched something while the registration was on its way", () => {
    const worker = registered(3);
    worker.step({ kind: "HeartbeatAnswered", known: false });
    launch(worker, 3);
    const answer = { kind: "Registered", term: 4, unknownExecutors: [], unknownDriverIds: [] } as const;
    expect(worker.step(answer)).toMatchObject([{ kind: "Register", executors: [executor] }]);
    expect(worker.step(answer)).toEqual([]);
  });

  it("does not heed a master of an older term", () => {
    const worker = registered(5);
    expect(launch(worker, 4)).toEqual([]);
    launch(worker, 6);
    expect(worker.term).toBe(6);
    expect(worker.step({ kind: "KillExecutor", term: 5, appId: "a", executorId: "0" })).toEqual([]);
    expect(worker.step({ kind: "KillExecutor", term: 6, appId: "a", executorId: "0" })).toEqual([{ kind: "Kill", key }]);
  });

  it("brings what runs to a new master and ends what that does not know", () => {
    const worker = registered();
    launch(worker);
    expect(worker.step({ kind: "LeaderAnnounced", term: 9 })).toMatchObject([{ kind: "Register", executors: [executor] }]);
    expect(worker.step({ kind: "Registered", term: 9, unknownExecutors: [executor], unknownDriverIds: [] })).toEqual([
      { kind: "Kill", key },
    ]);
    expect(worker.step({ kind: "ProcessExited", key, exitCode: null, signal: "SIGKILL" })).toMatchObject([
      { state: "killed", causedByApp: false },
    ]);
  });

  it("ends a process that takes more memory than it was granted, and says which setting would help", () => {
    const worker = registered();
    launch(worker);
    worker.step({ kind: "OverMemory", key, usedBytes: 3 * 2 ** 20, limitBytes: 2 ** 20 });
    expect(worker.step({ kind: "ProcessExited", key, exitCode: null, signal: "SIGKILL" })).toMatchObject([
      { state: "killed", causedByApp: true, message: expect.stringMatching(/3 MiB.*limit is 1 MiB.*spark\.executor\.memory/) },
    ]);
  });

  it("cleans up after an application when its last executor is gone", () => {
    const worker = registered();
    expect(worker.step({ kind: "ApplicationEnded", term: 3, appId: "b" })).toEqual([{ kind: "CleanUp", appId: "b" }]);
    launch(worker);
    expect(worker.step({ kind: "ApplicationEnded", term: 3, appId: "a" })).toEqual([{ kind: "Kill", key }]);
    expect(worker.step({ kind: "ProcessExited", key, exitCode: 0, signal: null }).at(-1)).toEqual({ kind: "CleanUp", appId: "a" });
  });

  it("tells of a process that could not be started", () => {
    const worker = registered();
    launch(worker);
    expect(worker.step({ kind: "StartFailed", key, message: "no space left" })).toMatchObject([
      { kind: "ExecutorChanged", state: "failed", message: "no space left" },
    ]);
  });

  describe("drivers", () => {
    const driver: DriverDescription = {
      driverId: "d",
      name: "d",
      mainFile: "/d.ts",
      args: [],
      workingDir: "/",
      cores: 1,
      memoryBytes: 1,
      supervise: true,
      environment: {},
    };
    const driverKey: ProcessKey = { kind: "driver", driverId: "d" };
    const launchDriver = (worker: Worker, number: number): WorkerAction[] =>
      worker.step({ kind: "LaunchDriver", term: 3, driver, launch: number });

    it("are not started again when their launch comes once more after their end, but when they are launched anew", () => {
      const worker = registered();
      expect(launchDriver(worker, 1)).toMatchObject([{ kind: "StartDriver" }]);
      expect(launchDriver(worker, 1)).toEqual([]);
      expect(worker.step({ kind: "ProcessExited", key: driverKey, exitCode: 1, signal: null })).toMatchObject([
        { kind: "DriverChanged", driverId: "d", launch: 1, state: "failed", exitCode: 1 },
      ]);
      expect(launchDriver(worker, 1)).toEqual([]);
      expect(launchDriver(worker, 2)).toMatchObject([{ kind: "StartDriver" }]);
      expect(worker.step({ kind: "ProcessStarted", key: driverKey })).toMatchObject([{ launch: 2, state: "running" }]);
    });

    it("make room for a later launch of theirs", () => {
      const worker = registered();
      launchDriver(worker, 1);
      expect(launchDriver(worker, 2)).toEqual([{ kind: "Kill", key: driverKey }]);
      const exited = { kind: "ProcessExited", key: driverKey, exitCode: null, signal: "SIGTERM" } as const;
      expect(worker.step(exited)).toMatchObject([{ kind: "DriverChanged", launch: 1, state: "killed" }, { kind: "StartDriver" }]);
      launchDriver(worker, 3);
      // The one that waits for its turn is killed with the one that runs.
      expect(worker.step({ kind: "KillDriver", term: 3, driverId: "d", launch: 3 })).toMatchObject([
        { kind: "Kill" },
        { kind: "DriverChanged", launch: 3, state: "killed" },
      ]);
      expect(worker.step(exited)).toMatchObject([{ kind: "DriverChanged", launch: 2, state: "killed" }]);
      expect(worker.processCount).toBe(0);
    });

    it("are not started after their launch was called off, nor ended by what was meant for an earlier one", () => {
      const worker = registered();
      expect(worker.step({ kind: "KillDriver", term: 3, driverId: "d", launch: 1 })).toEqual([]);
      expect(launchDriver(worker, 1)).toEqual([]);
      launchDriver(worker, 2);
      expect(worker.step({ kind: "KillDriver", term: 3, driverId: "d", launch: 1 })).toEqual([]);
      expect(worker.step({ kind: "KillDriver", term: 3, driverId: "d", launch: 2 })).toEqual([{ kind: "Kill", key: driverKey }]);
    });
  });
});
