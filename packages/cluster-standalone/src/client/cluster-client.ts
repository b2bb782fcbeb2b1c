import type { Bus } from "@vonk/bus";
import { systemClock } from "@vonk/common/internal";
import type { ClusterStatus, DriverDescription, DriverStatus } from "../message/cluster-state.ts";
import { MasterClient } from "../message/master-client.ts";
import type { MasterMessages } from "../message/services.ts";

const timeoutMs = 5000;

/** Asks the leading master of a cluster. */
export class ClusterClient {
  readonly #master: MasterClient;

  constructor(bus: Bus, cluster: string) {
    this.#master = new MasterClient(bus, cluster, systemClock);
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

  #ask<M extends keyof MasterMessages>(message: M, request: MasterMessages[M]["request"]): Promise<MasterMessages[M]["reply"]> {
    return this.#master.call(message, request, { timeoutMs });
  }
}
