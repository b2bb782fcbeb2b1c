import type { Bus } from "@vonk/bus";
import { InProcessBus, serviceClient } from "@vonk/bus/internal";
import { systemClock } from "@vonk/common/internal";
import { describe, expect, it } from "vitest";
import { schedulerService, schedulerSubject } from "../message/services.ts";
import { DriverService, type DriverSettings } from "./driver-service.ts";

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
  version: "1.2.3",
  sparkProperties: [],
};

function driverOn(bus: Bus): DriverService {
  return new DriverService(settings, new InProcessBus(), systemClock, undefined, {
    bus,
    setup: { appName: "test", appRoot: "/app", properties: [["spark.executor.memory", "1g"]] },
    streams: { create: () => Promise.resolve(), remove: () => Promise.resolve() },
    readBlock: () => new Uint8Array(),
    slotsChanged: () => undefined,
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

  it("has no streams for a shuffle that no job brought", async () => {
    const bus = new InProcessBus({ clone: true });
    driverOn(bus);
    const driver = serviceClient(bus, schedulerService, schedulerSubject("app"));
    await expect(driver.call("shuffleLayout", { shuffleId: 9, outputBytes: 10 })).rejects.toMatchObject({ code: "SHUFFLE_UNKNOWN" });
  });
});
