import type { Bus } from "@vonk/bus";
import type { SegmentHandle } from "@vonk/columnar/internal";
import { attachPort, InProcessBus, type PortLike } from "@vonk/bus/internal";
import { assert, type Clock, systemClock } from "@vonk/common/internal";
import { ExecutorControl } from "../executor/executor-control.ts";
import type { ExecutorSettings } from "../executor/executor-runtime.ts";
import type { TaskWorker } from "../executor/start-task-worker.ts";
import { DriverService, type DriverSettings } from "./driver-service.ts";

/** What the service thread of a local master is started with. */
export interface ServiceThreadStart {
  readonly driver: DriverSettings;
  readonly executor: ExecutorSettings;
  readonly segment: SegmentHandle;
  readonly slots: number;
  readonly storageFraction: number;
  readonly killGraceMs: number;
  readonly heapHardLimitMiB: number;
  /** Clones messages within the thread, as a network would; tests switch it on. */
  readonly cloneMessages: boolean;
}

/** Starts the driver's service and one executor, which talk through `bus` alone. */
export async function startLocalDriver(
  start: ServiceThreadStart,
  bus: Bus,
  clock: Clock,
  workers: readonly TaskWorker[],
): Promise<ExecutorControl> {
  const { driver, executor, segment, slots, storageFraction, killGraceMs, heapHardLimitMiB } = start;
  void new DriverService(driver, bus, clock);
  const control = new ExecutorControl({
    appId: driver.appId,
    bus,
    clock,
    settings: executor,
    segment,
    slots,
    storageFraction,
    killGraceMs,
    heapHardLimitMiB,
    version: driver.version,
  });
  await control.start(workers);
  return control;
}

/** Runs the local driver on this thread, with the hub of the bus for the thread at the other end of `port`. */
export function serveLocalDriver(start: ServiceThreadStart, port: PortLike | null, workers: readonly TaskWorker[]): void {
  assert(port !== null, "the service thread is started as a worker");
  const bus = new InProcessBus({ clone: start.cloneMessages });
  attachPort(bus, port);
  void startLocalDriver(start, bus, systemClock, workers);
}
