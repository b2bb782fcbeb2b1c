import type { ApplicationDescription, WorkerDescription } from "../message/cluster-state.ts";
import type { WorkerRoom } from "./place-executors.ts";

/** Why an application has no executor: what it asks for, what is free, and whether waiting can help. */
export function waitingMessage(
  { name, coresMax = Number.POSITIVE_INFINITY, coresPerExecutor = 1, memoryPerExecutorBytes }: ApplicationDescription,
  workers: readonly { readonly worker: WorkerDescription; readonly room: WorkerRoom }[],
): string {
  const wants = `Application '${name}' waits for executors of ${cores(coresPerExecutor)} and ${memory(memoryPerExecutorBytes)}`;
  if (coresMax < coresPerExecutor) {
    return `${wants}, and may have ${cores(coresMax)} in all: raise spark.cores.max to spark.executor.cores at least, or lower the latter.`;
  }
  if (workers.length === 0) return `${wants}; the cluster has no workers. Start one with: vonk worker vonk://host:port`;
  const free = workers.map(({ worker, room }) => {
    return `${worker.workerId} ${cores(room.coresFree)} of ${worker.cores}, ${memory(room.memoryFreeBytes)} of ${memory(worker.memoryBytes)}`;
  });
  const couldFit = workers.some(({ worker }) => worker.cores >= coresPerExecutor && worker.memoryBytes >= memoryPerExecutorBytes);
  const advice = couldFit
    ? "It gets them when others give theirs back."
    : "No worker is that large: lower spark.executor.memory or spark.executor.cores, or start a larger worker.";
  return `${wants}; free: ${free.join("; ")}. ${advice}`;
}

function cores(count: number): string {
  return count === 1 ? "1 core" : `${count} cores`;
}

function memory(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes >= 1 ? `${Number(gibibytes.toFixed(1))} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
