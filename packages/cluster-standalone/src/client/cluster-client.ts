import type { Bus } from "@vonk/bus";
import { serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { standaloneErrors } from "../errors.ts";
import type { ClusterStatus, DriverDescription, DriverStatus } from "../message/cluster-state.ts";
import { masterService, type MasterMessages, masterSubject } from "../message/services.ts";

const timeoutMs = 5000;

/** Asks the leading master of a cluster. */
export class ClusterClient {
  readonly #cluster: string;
  readonly #master: ServiceClient<MasterMessages>;

  constructor(bus: Bus, cluster: string) {
    this.#cluster = cluster;
    this.#master = serviceClient(bus, masterService, masterSubject(cluster));
  }

  /** @throws MASTER_NOT_FOUND */
  status(): Promise<ClusterStatus> {
    return this.#ask("status", {});
  }

  /** Has a worker launch a driver as soon as there is room. @throws MASTER_NOT_FOUND */
  async submitDriver(driver: DriverDescription): Promise<void> {
    await this.#ask("submitDriver", driver);
  }

  /** False when there is no such driver or it has ended. @throws MASTER_NOT_FOUND */
  killDriver(driverId: string): Promise<boolean> {
    return this.#ask("killDriver", { driverId });
  }

  /** Undefined when there is no such driver, or none any more. @throws MASTER_NOT_FOUND */
  driverStatus(driverId: string): Promise<DriverStatus | undefined> {
    return this.#ask("driverStatus", { driverId });
  }

  async #ask<M extends keyof MasterMessages>(message: M, request: MasterMessages[M]["request"]): Promise<MasterMessages[M]["reply"]> {
    try {
      return await this.#master.call(message, request, { timeoutMs });
    } catch (cause) {
      throw standaloneErrors.create("MASTER_NOT_FOUND", { cluster: this.#cluster }, { cause });
    }
  }
}
