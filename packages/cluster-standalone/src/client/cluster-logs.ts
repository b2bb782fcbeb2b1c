import { serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { type LoggedProcess, type LogPiece, type WorkerMessages, workerService, workerSubject } from "../message/services.ts";
import type { ClusterBus } from "../process/cluster-process.ts";
import { ClusterClient } from "./cluster-client.ts";

const workerTimeoutMs = 5000;

/** A process whose log a worker has. */
export interface ClusterLog extends LoggedProcess {
  /** The worker that has it. */
  readonly workerId: string;
}

/** What executors and drivers of a cluster have printed, asked of the workers that ran them. */
export class ClusterLogs {
  readonly #connected: ClusterBus;
  readonly #client: ClusterClient;

  constructor(connected: ClusterBus) {
    this.#connected = connected;
    this.#client = new ClusterClient(connected.bus, connected.cluster);
  }

  /**
   * The processes of an application, or the driver, of an id; without one all of them. What ran on workers that are gone is missing.
   * `isOver` is true when nothing of that id will be started any more.
   * @throws MASTER_NOT_FOUND
   */
  async list(ownerId?: string): Promise<{ readonly logs: readonly ClusterLog[]; readonly isOver: boolean }> {
    const { workers, applications, drivers } = await this.#client.status();
    const known = await Promise.all(
      workers.map(({ workerId }) =>
        this.#worker(workerId)
          .call("listLogs", ownerId === undefined ? {} : { ownerId }, { timeoutMs: workerTimeoutMs })
          .then(
            (logs) => logs.map((log): ClusterLog => ({ ...log, workerId })),
            () => [],
          ),
      ),
    );
    const going = [
      ...applications.map(({ appId }) => appId),
      ...drivers.flatMap(({ driverId, state }) => (["submitted", "running", "relaunching"].includes(state) ? [driverId] : [])),
    ];
    // Workers that share a folder all know of what earlier ones left there.
    const byPlace = new Map(known.flat().map((log) => [`${log.folder} ${log.ownerId} ${log.executorId}`, log]));
    return { logs: [...byPlace.values()], isOver: ownerId === undefined || !going.includes(ownerId) };
  }

  /** A piece of a log from `offset` on, empty at its end. @throws LOGS_UNKNOWN, and BUS_NO_RESPONDER when its worker is gone */
  read({ workerId, folder, ownerId, executorId }: ClusterLog, stream: LogPiece["stream"], offset: number): Promise<Uint8Array> {
    const place = { folder, ownerId, stream, ...(executorId === undefined ? {} : { executorId }) };
    return this.#worker(workerId).call("readLog", { ...place, offset }, { timeoutMs: workerTimeoutMs });
  }

  #worker(workerId: string): ServiceClient<WorkerMessages> {
    return serviceClient(this.#connected.bus, workerService, workerSubject(this.#connected.cluster, workerId));
  }
}
