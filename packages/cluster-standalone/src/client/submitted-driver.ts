import type { Subscription } from "@vonk/bus";
import { serviceClient, subscribeTopic } from "@vonk/bus/internal";
import { pause, randomSeed, seededRandom, systemClock } from "@vonk/common/internal";
import type { Bundle } from "../bundle/bundle-store.ts";
import { packagesMissing } from "../bundle/unpack-bundle.ts";
import { standaloneErrors } from "../errors.ts";
import type { DriverDescription, DriverStatus, WorkerDescription } from "../message/cluster-state.ts";
import { driverLogPrefix, type LogPiece, logTopic, workerService, workerSubject } from "../message/services.ts";
import { type ClusterBus, openBundles } from "../process/cluster-process.ts";
import { ClusterClient } from "./cluster-client.ts";

const pollMs = 100;
/** How long a worker may take to look for packages. */
const workerTimeoutMs = 2000;
/** How long an answer may fail before it is believed that the cluster is gone: a change of master takes less. */
const patienceMs = 30_000;

/** A driver that a cluster runs, as its submitter sees it. */
export class SubmittedDriver {
  readonly driverId: string;
  readonly #connected: ClusterBus;
  readonly #client: ClusterClient;
  readonly #logs: Subscription;

  constructor(connected: ClusterBus, driverId: string, onLog: (piece: LogPiece) => void) {
    this.driverId = driverId;
    this.#connected = connected;
    this.#client = new ClusterClient(connected.bus, connected.cluster);
    this.#logs = subscribeTopic(connected.bus, logTopic, driverLogPrefix(connected.cluster, driverId), onLog);
  }

  /**
   * Hands the driver over, with its files for workers that do not have them; from here it goes on without the submitter.
   * @throws MASTER_NOT_FOUND, BUNDLE_TOO_LARGE, and BUNDLE_PACKAGE_MISSING when no worker could run it
   */
  async submit(driver: Omit<DriverDescription, "driverId" | "bundle">, bundle: Bundle): Promise<void> {
    // Before anything is kept for it.
    const { workers } = await this.#client.status();
    await this.#checkPackages(workers, driver.mainFile, bundle.packages);
    await (await openBundles(this.#connected, new Map())).put(this.driverId, bundle);
    // Whoever launches it must not print before somebody listens.
    await this.#connected.bus.flush();
    await this.#client.submitDriver({ ...driver, driverId: this.driverId, bundle: this.driverId });
  }

  /** A worker that does not answer counts as one that has them: it finds out at the launch. */
  async #checkPackages(workers: readonly WorkerDescription[], mainFile: string, packages: readonly string[]): Promise<void> {
    const { bus, cluster } = this.#connected;
    const answers = await Promise.all(
      workers.map(({ workerId }) =>
        serviceClient(bus, workerService, workerSubject(cluster, workerId))
          .call("missingPackages", { mainFile, packages }, { timeoutMs: workerTimeoutMs })
          .catch(() => undefined),
      ),
    );
    const lacking = answers.flatMap((answer) => (answer === undefined || answer.packages.length === 0 ? [] : [answer]));
    const [first] = lacking;
    if (first === undefined || lacking.length < workers.length) return;
    const missing = new Set(lacking.flatMap((answer) => answer.packages));
    throw packagesMissing([...missing], [...new Set(lacking.map(({ host }) => host))].join(", "), first.folder);
  }

  /**
   * Waits until the driver has ended for good and all that it printed was given to the listener. Survives a change of master.
   * @param onState told of each state, the first included
   * @throws DRIVER_UNKNOWN, MASTER_NOT_FOUND
   */
  async ended(onState: (status: DriverStatus) => void): Promise<DriverStatus> {
    const { clock } = this.#connected.bus.link;
    let last = "";
    for (let heardMs = clock.monotonicMs(); ; await pause(pollMs)) {
      let status: DriverStatus | undefined;
      try {
        status = await this.#client.driverStatus(this.driverId);
      } catch (error) {
        if (clock.monotonicMs() - heardMs > patienceMs) throw error;
        continue;
      }
      heardMs = clock.monotonicMs();
      if (status === undefined) throw standaloneErrors.create("DRIVER_UNKNOWN", { driverId: this.driverId });
      const stands = `${status.state} ${status.launches}`;
      if (stands !== last) onState(status);
      last = stands;
      if (!goesOn(status)) {
        await this.#connected.bus.flush();
        return status;
      }
    }
  }

  /** Stops listening; the driver goes on. */
  close(): void {
    this.#logs.close();
  }
}

function goesOn({ state }: DriverStatus): boolean {
  return state === "submitted" || state === "running" || state === "relaunching";
}

/** An id that no other driver has: when it was submitted and a random end. */
export function newDriverId(): string {
  const at = new Date(systemClock.now()).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return `driver-${at}-${seededRandom(randomSeed())
    .nextInt(2 ** 30)
    .toString(36)}`;
}
