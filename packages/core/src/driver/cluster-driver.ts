import type { Bus } from "@vonk/bus";
import { ExtentAllocator, type SegmentHandle } from "@vonk/columnar/internal";
import type { Clock } from "@vonk/common/internal";
import type { ClusterConnection, ClusterEvents } from "../cluster/cluster-manager.ts";
import { loadClusterManager } from "../cluster/find-cluster-manager.ts";
import type { StoredBlock } from "../executor/control-channel.ts";
import { driverSubject } from "../message/services.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { DriverService } from "./driver-service.ts";
import { ServedFiles } from "./served-files.ts";
import type { ClusterExecutors, ServiceThreadStart } from "./service-thread.ts";

/** Number of the service thread in the driver's process: 0 is the user's. */
const serviceThread = 1;

/**
 * Starts the driver's service for executors that a cluster grants; resolves when the user's requests can be answered.
 * A cluster that cannot be reached answers them too, each with the reason.
 */
export async function startClusterDriver(start: ServiceThreadStart, executors: ClusterExecutors, bus: Bus, clock: Clock): Promise<void> {
  let service: DriverService | undefined;
  const early: ((service: DriverService) => void)[] = [];
  const tell = (fact: (service: DriverService) => void): void => void (service === undefined ? early.push(fact) : fact(service));
  const events: ClusterEvents = {
    executorGranted: (executorId) => tell((driver) => driver.executorGranted(executorId)),
    executorLost: (executorId, message, causedByApp) => tell((driver) => driver.executorExited(executorId, message, causedByApp)),
    warn: (message) => tell((driver) => driver.warn(message)),
    applicationLost: (error) => tell((driver) => driver.applicationLost(error)),
  };
  try {
    const manager = await loadClusterManager(executors.managerURL);
    const connection = await manager.connect(executors.application, events);
    service = driverOf(start, executors, connection, bus, clock);
    for (const fact of early) fact(service);
  } catch (error) {
    bus.serve(driverSubject(start.driver.appId), (request) => {
      if ((request as { readonly message?: string }).message === "stop") return null;
      throw error;
    });
  }
}

function driverOf(
  start: ServiceThreadStart,
  executors: ClusterExecutors,
  connection: ClusterConnection,
  bus: Bus,
  clock: Clock,
): DriverService {
  const { name, appRoot, properties } = executors.application;
  const slots = new Int32Array(executors.slots);
  return new DriverService(start.driver, bus, clock, undefined, {
    bus: connection.bus,
    setup: { appName: name, appRoot, properties },
    files: new ServedFiles(executors.filesDir),
    modules: new ServedFiles(executors.modulesDir),
    readBlock: blockReader(start.segment),
    slotsChanged: (count) => void Atomics.store(slots, 0, count),
    requestTotalExecutors: (total) => connection.requestTotalExecutors(total),
    killExecutors: (executorIds, replace) => connection.killExecutors(executorIds, replace),
    close: () => connection.close(),
    ...(connection.streams === undefined ? {} : { streams: connection.streams }),
  });
}

function blockReader(segment: SegmentHandle): (block: StoredBlock) => Uint8Array {
  const allocator = new ExtentAllocator(segment, serviceThread);
  return ({ chunks, bytes }) => {
    const whole = new Uint8Array(bytes);
    let filled = 0;
    for (const chunk of chunks) {
      const part = readBytes(chunk, allocator);
      whole.set(part, filled);
      filled += part.byteLength;
    }
    return whole;
  };
}
