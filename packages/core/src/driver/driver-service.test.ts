import type { Bus } from "@vonk/bus";
import { InProcessBus, serviceClient, subscribeTopic } from "@vonk/bus/internal";
import { type Clock, systemClock } from "@vonk/common/internal";
import { ManualClock } from "@vonk/common/testing";
import { describe, expect, it } from "vitest";
import type { SparkListenerEvent } from "../listener/listener-event.ts";
import { eventTopic, schedulerService, schedulerSubject, topicPrefix, userTopic } from "../message/services.ts";
import { ServedFiles } from "./served-files.ts";
import { DriverService } from "./driver-service.ts";
import type { DriverSettings } from "./driver-settings.ts";

const settings: DriverSettings = {
  appId: "app",
  appName: "test",
  maxFailures: 1,
  localityWaitMs: 0,
  schedulingMode: "FIFO",
  pools: [],
  maxConsecutiveAttempts: 4,
  resubmitDelayMs: 0,
  queueAheadMs: 0,
  maxResultBytes: 0,
  eventLogDir: undefined,
  logsBlockUpdates: false,
  logsStageMetrics: false,
  version: "1.2.3",
  sparkProperties: [],
};

function driverOn(
  bus: Bus,
  extras: Partial<DriverSettings> = {},
  clock: Clock = systemClock,
  killed: string[] = [],
  userBus: Bus = new InProcessBus(),
): DriverService {
  return new DriverService({ ...settings, ...extras }, userBus, clock, undefined, {
    bus,
    setup: { appName: "test", appRoot: "/app", properties: [["spark.executor.memory", "1g"]] },
    streams: { create: () => Promise.resolve(), remove: () => Promise.resolve() },
    files: new ServedFiles("/nowhere"),
    modules: new ServedFiles("/nowhere"),
    readBlock: () => new Uint8Array(),
    slotsChanged: () => undefined,
    requestTotalExecutors: () => Promise.resolve(true),
    killExecutors: (ids) => {
      killed.push(...ids);
      return Promise.resolve(ids);
    },
    close: () => Promise.resolve(),
  });
}

describe("DriverService for executors in other processes", () => {
  it("tells a new executor what it needs, when the versions agree", async () => {
    const bus = new InProcessBus({ clone: true });
    driverOn(bus);
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    expect(await driver.call("executorSetup", { executorId: "1", version: "1.2.3" })).toMatchObject({ appRoot: "/app" });
    const refused = driver.call("executorSetup", { executorId: "1", version: "1.2.4" });
    await expect(refused).rejects.toMatchObject({ code: "EXECUTOR_VERSION_MISMATCH", message: expect.stringMatching(/1\.2\.4.*1\.2\.3/) });
  });

  it("has the cluster end and replace an executor that hangs, and asks again while nobody hears it", async () => {
    // Found by the simulation: a stopped process was given up here, but kept its cores, and the application waited for others in vain.
    const clock = new ManualClock();
    const bus = new InProcessBus({ clone: true });
    const asked: string[] = [];
    void new DriverService({ ...settings, executorTimeoutMs: 1000 }, new InProcessBus(), clock, undefined, {
      bus,
      setup: { appName: "test", appRoot: "/app", properties: [] },
      files: new ServedFiles("/nowhere"),
      modules: new ServedFiles("/nowhere"),
      readBlock: () => new Uint8Array(),
      slotsChanged: () => undefined,
      requestTotalExecutors: () => Promise.resolve(true),
      killExecutors: (executorIds) => (
        asked.push(...executorIds),
        asked.length < 2 ? Promise.reject(new Error("no master")) : Promise.resolve(executorIds)
      ),
      close: () => Promise.resolve(),
    });
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    await driver.call("registerExecutor", { executorId: "7", host: "h7", slots: 2, cores: 2, storageBytes: 4096, version: "1.2.3" });
    for (let step = 0; step < 20; step++) {
      clock.advance(250);
      await Promise.resolve();
    }
    expect(asked).toEqual(["7", "7"]);
  });

  it("has the cluster replace an executor that never registers, and tells the user", async () => {
    const clock = new ManualClock();
    const bus = new InProcessBus({ clone: true });
    const [asked, told]: [string[], unknown[]] = [[], []];
    subscribeTopic(bus, userTopic, topicPrefix("app"), (notices) => void told.push(...notices));
    const service = driverOn(bus, { executorTimeoutMs: 1000, registrationTimeoutMs: 5000 }, clock, asked, bus);
    for (const executorId of ["7", "8", "9"]) service.executorGranted(executorId);
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    await driver.call("registerExecutor", { executorId: "7", host: "h7", slots: 2, cores: 2, storageBytes: 4096, version: "1.2.3" });
    service.executorExited("9", "it exited with code 1", true);
    clock.advance(5000);
    expect(asked).not.toContain("8");
    clock.advance(250);
    expect(asked.filter((executorId) => executorId !== "7")).toEqual(["8"]);
    const message = "Executor 8 did not register within 5000 ms of its launch; it is replaced.";
    expect(told).toContainEqual({ kind: "warning", message });
  });

  it("has no streams for a shuffle that no job brought", async () => {
    const bus = new InProcessBus({ clone: true });
    driverOn(bus);
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    await expect(driver.call("shuffleLayout", { shuffleId: 9, outputBytes: 10 })).rejects.toMatchObject({ code: "SHUFFLE_UNKNOWN" });
  });
});

describe("DriverService", () => {
  it("removes an executor that falls silent, with its blocks", async () => {
    const clock = new ManualClock();
    const bus = new InProcessBus({ clone: true });
    const events: SparkListenerEvent[] = [];
    subscribeTopic(bus, eventTopic, topicPrefix("app"), (event) => void events.push(event));
    void new DriverService({ ...settings, executorTimeoutMs: 1000, version: "1" }, bus, clock);
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    const executor = { executorId: "7", host: "h7", slots: 2, cores: 2, storageBytes: 4096, version: "1" };
    await driver.call("registerExecutor", executor);
    await driver.call("registerExecutor", executor);
    expect(await driver.call("heartbeat", { executorId: "7", stages: [], progress: [] })).toBe(true);
    clock.advance(2000);
    expect(await driver.call("heartbeat", { executorId: "7", stages: [], progress: [] })).toBe(false);
    const owner = { "Executor ID": "7", Host: "h7", Port: 0 };
    expect(events.filter(({ Event }) => /Executor|BlockManager/.test(Event))).toMatchObject([
      { Event: "SparkListenerExecutorAdded", "Executor ID": "7", "Executor Info": { Host: "h7", "Total Cores": 2 } },
      { Event: "SparkListenerBlockManagerAdded", "Block Manager ID": owner, "Maximum Memory": 4096 },
      { Event: "SparkListenerExecutorMetricsUpdate", "Executor ID": "7", "Executor Metrics Updated": [] },
      { Event: "SparkListenerExecutorRemoved", "Executor ID": "7", "Removed Reason": "no heartbeat for 1000 ms" },
      { Event: "SparkListenerBlockManagerRemoved", "Block Manager ID": owner },
    ]);
  });
});
