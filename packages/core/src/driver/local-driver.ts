import type { Bus } from "@vonk/bus";
import type { Clock } from "@vonk/common/internal";
import { ExecutorControl } from "../executor/executor-control.ts";
import type { TaskWorker } from "../executor/start-task-worker.ts";
import { DriverService } from "./driver-service.ts";
import type { LocalExecutor, ServiceThreadStart } from "./service-thread.ts";

/** Starts the driver's service and one executor, which talk through `bus` alone. */
export async function startLocalDriver(
  start: ServiceThreadStart,
  executor: LocalExecutor,
  bus: Bus,
  clock: Clock,
  workers: readonly TaskWorker[],
): Promise<ExecutorControl> {
  const { driver, segment } = start;
  void new DriverService(driver, bus, clock);
  const control = new ExecutorControl({ appId: driver.appId, bus, clock, segment, version: driver.version, ...executor });
  await control.start(workers);
  return control;
}
