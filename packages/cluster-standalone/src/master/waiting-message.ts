import type { ApplicationDescription, DriverDescription, WorkerDescription } from "../message/cluster-state.ts";
import type { WorkerRoom } from "./place-executors.ts";

/** A worker and what of it is free. */
export interface WorkerStanding {
  readonly worker: WorkerDescription;
  readonly room: WorkerRoom;
}

/** Why an application has no executor: what it asks for, what is free, and whether waiting can help. */
export function waitingMessage(
  { name, coresMax = Number.POSITIVE_INFINITY, coresPerExecutor = 1, memoryPerExecutorBytes }: ApplicationDescription,
  workers: readonly WorkerStanding[],
): string {
  const wants = `Application '${name}' waits for executors of ${cores(coresPerExecutor)} and ${memory(memoryPerExecutorBytes)}`;
  if (coresMax < coresPerExecutor) {
    return `${wants}, and may have ${cores(coresMax)} in all: raise spark.cores.max to spark.executor.cores at least, or lower the latter.`;
  }
  const less = "lower spark.executor.memory or spark.executor.cores";
  return `${wants}; ${prospect(coresPerExecutor, memoryPerExecutorBytes, workers, less)}`;
}

/** The same of a submitted driver that no worker runs. */
export function driverWaitingMessage(driver: DriverDescription, workers: readonly WorkerStanding[]): string {
  const less = "lower spark.driver.memory or spark.driver.cores and submit again";
  const wants = `it waits for a worker with ${cores(driver.cores)} and ${memory(driver.memoryBytes)}`;
  return `${wants}; ${prospect(driver.cores, driver.memoryBytes, workers, less)}`;
}

function prospect(coresWanted: number, bytesWanted: number, workers: readonly WorkerStanding[], less: string): string {
  if (workers.length === 0) return "the cluster has no workers. Start one with: vonk worker vonk://host:port";
  const free = workers.map(({ worker, room }) => {
    return `${worker.workerId} ${cores(room.coresFree)} of ${worker.cores}, ${memory(room.memoryFreeBytes)} of ${memory(worker.memoryBytes)}`;
  });
  const couldFit = workers.some(({ worker }) => worker.cores >= coresWanted && worker.memoryBytes >= bytesWanted);
  const advice = couldFit ? "It gets them when others give theirs back." : `No worker is that large: ${less}, or start a larger worker.`;
  return `free: ${free.join("; ")}. ${advice}`;
}

function cores(count: number): string {
  return count === 1 ? "1 core" : `${count} cores`;
}

function memory(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes >= 1 ? `${Number(gibibytes.toFixed(1))} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
