import { attachPort, InProcessBus, type PortLike } from "@vonk/bus/internal";
import { assert, systemClock } from "@vonk/common/internal";
import type { TaskWorker } from "../executor/start-task-worker.ts";
import { startLocalDriver } from "./local-driver.ts";
import type { ServiceThreadStart } from "./service-thread.ts";

/** Runs the driver's service on this thread, with the hub of the bus for the thread at the other end of `port`. */
export function serveDriver(start: ServiceThreadStart, port: PortLike | null, workers: readonly TaskWorker[]): void {
  assert(port !== null, "the service thread is started as a worker");
  const bus = new InProcessBus({ clone: start.cloneMessages });
  if (start.executors.kind === "local") {
    attachPort(bus, port);
    void startLocalDriver(start, start.executors, bus, systemClock, workers);
    return;
  }
  const { executors } = start;
  // Requests wait in the port until somebody can answer them; the code for clusters is loaded only when there is one.
  void import("./cluster-driver.ts")
    .then(({ startClusterDriver }) => startClusterDriver(start, executors, bus, systemClock))
    .then(() => attachPort(bus, port));
}
