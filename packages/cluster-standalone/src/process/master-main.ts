import { hostname } from "node:os";
import type { Subscription } from "@vonk/bus";
import { serveService, serviceClient } from "@vonk/bus/internal";
import { NatsKeyValueStore } from "@vonk/bus-nats/internal";
import { sweepStreams } from "@vonk/cluster-nats/internal";
import { randomSeed, type Random, seededRandom, systemClock } from "@vonk/common/internal";
import { readSetting, standaloneConfig } from "../config/standalone-config.ts";
import { standaloneErrors } from "../errors.ts";
import { KeyValueLeadership, soleMaster } from "../master/leadership.ts";
import { KeyValueRecords } from "../master/key-value-records.ts";
import { leaseTimes } from "../master/lease.ts";
import type { MasterOptions } from "../master/master.ts";
import { MasterProcess, type MasterProcessOptions } from "../master/master-process.ts";
import { instanceService, instanceSubject } from "../message/services.ts";
import {
  type ClusterAddress,
  type ClusterBus,
  type ClusterProcess,
  connectCluster,
  logConnection,
  openBundles,
  processLog,
} from "./cluster-process.ts";

/** What a master is told on its command line. */
export interface RunMasterOptions extends ClusterAddress {
  /** Name among the cluster's masters; one of its own when absent. */
  readonly name?: string;
  /** There is and will be no other: nothing is kept for one. */
  readonly isSole?: boolean;
}

const askTimeoutMs = 2000;

/**
 * Runs a master in this process: it leads when no other does, and stands by otherwise.
 * @throws MASTER_NAME_TAKEN, and what {@link connectCluster} throws
 */
export async function runMaster(options: RunMasterOptions): Promise<ClusterProcess> {
  const { properties } = options;
  const random = seededRandom(randomSeed());
  const masterId = options.name ?? `${hostname()}-${process.pid}-${random.nextInt(2 ** 30).toString(36)}`;
  const log = processLog("master", properties);
  const connected = await connectCluster(options, `vonk master ${masterId}`);
  const { bus, cluster } = connected;
  let master: MasterProcess | undefined;
  try {
    const instance = await claimName(connected, masterId, () => master?.isLeading === true);
    master = new MasterProcess({
      ...masterOptions(masterId, properties),
      cluster,
      bus,
      clock: systemClock,
      log,
      sweep: (appId) => sweepStreams(bus.link, appId),
      ...(options.isSole === true ? soleMaster() : await openState(connected, masterId, properties, log, random)),
    });
    logConnection(connected, log);
    log.info(`master ${masterId} runs`, { cluster, pid: process.pid, nats: connected.servers });
    const running = master;
    return {
      id: masterId,
      async stop() {
        instance.close();
        await running.stop();
        await bus[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
}

/** Answers under the master's name from now on. Two that start in the same instant may both get it: it only tells them apart for people. */
async function claimName({ bus, cluster }: ClusterBus, masterId: string, isLeading: () => boolean): Promise<Subscription> {
  const subject = instanceSubject(cluster, masterId);
  try {
    const { host, pid } = await serviceClient(bus, instanceService, subject).call("describe", {}, { timeoutMs: askTimeoutMs });
    throw standaloneErrors.create("MASTER_NAME_TAKEN", { cluster, name: masterId, other: `process ${pid} on ${host}` });
  } catch (error) {
    const { code } = error as { readonly code?: string };
    // One that does not answer is stopped or busy, and connected all the same.
    if (code === "BUS_REQUEST_TIMEOUT")
      throw standaloneErrors.create("MASTER_NAME_TAKEN", { cluster, name: masterId, other: "it does not answer" });
    if (code !== "BUS_NO_RESPONDER") throw error;
  }
  return serveService(bus, instanceService, subject, {
    describe: () => ({ masterId, host: hostname(), pid: process.pid, isLeading: isLeading() }),
  });
}

async function openState(
  connected: ClusterBus,
  masterId: string,
  properties: ReadonlyMap<string, string>,
  log: ReturnType<typeof processLog>,
  random: Random,
): Promise<Pick<MasterProcessOptions, "leadership" | "records" | "bundles">> {
  const replicas = readSetting(properties, standaloneConfig.stateReplicas);
  const { ttlMs } = leaseTimes;
  const { bus, cluster } = connected;
  const [lease, records, bundles] = await Promise.all([
    NatsKeyValueStore.open(bus.link, { bucket: `vonk-${cluster}-lease`, ttlMs, replicas }),
    NatsKeyValueStore.open(bus.link, { bucket: `vonk-${cluster}-records`, replicas }),
    openBundles(connected, properties),
  ]);
  return {
    leadership: new KeyValueLeadership({ store: lease, masterId, clock: systemClock, log, random }),
    records: new KeyValueRecords(records),
    bundles,
  };
}

/** A master's limits from settings. */
export function masterOptions(masterId: string, properties: ReadonlyMap<string, string>): MasterOptions {
  const workerTimeoutMs = readSetting(properties, standaloneConfig.workerTimeout);
  const defaultCores = readSetting(properties, standaloneConfig.defaultCores);
  const waitMs = readSetting(properties, standaloneConfig.waitWarning);
  return {
    masterId,
    workerTimeoutMs,
    applicationTimeoutMs: workerTimeoutMs,
    recoveryTimeoutMs: readSetting(properties, standaloneConfig.recoveryTimeout),
    spreadOut: readSetting(properties, standaloneConfig.spreadOut),
    ...(defaultCores === 0 ? {} : { defaultCores }),
    maxExecutorRetries: readSetting(properties, standaloneConfig.maxExecutorRetries),
    warnAfterMs: waitMs,
    warnEveryMs: waitMs,
  };
}
