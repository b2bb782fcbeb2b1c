import { createRequire } from "node:module";
import { formatAddress, NatsBus, NatsKeyValueStore, parseMasterAddresses } from "@vonk/bus-nats/internal";
import { natsOptions } from "@vonk/cluster-nats/internal";
import { createLogger, type LogLevel, type Logger } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { BundleStore } from "../bundle/bundle-store.ts";
import { clusterNameOf, readSetting, standaloneConfig } from "../config/standalone-config.ts";

/** What masters, workers and those who ask them are told on their command line. */
export interface ClusterAddress {
  /** `vonk://host:port[,host:port]`, the addresses of NATS. */
  readonly url: string;
  /** Settings `spark.…` and `vonk.…`. */
  readonly properties: ReadonlyMap<string, string>;
}

/** A master or worker that runs in this process. */
export interface ClusterProcess {
  /** Name that nobody else in the cluster has. */
  readonly id: string;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** A connection to a cluster's NATS. */
export interface ClusterBus {
  readonly bus: NatsBus;
  readonly cluster: string;
  readonly servers: readonly string[];
}

/**
 * Connects to the NATS of a cluster.
 * @throws CLUSTER_NAME_INVALID, NATS_ADDRESS_INVALID, NATS_UNREACHABLE, NATS_AUTHENTICATION, NATS_TLS, NATS_SERVER_TOO_OLD, NATS_JETSTREAM_MISSING
 */
export async function connectCluster({ url, properties }: ClusterAddress, name: string): Promise<ClusterBus> {
  const cluster = clusterNameOf(properties);
  const servers = parseMasterAddresses(url).map((address) => formatAddress(address));
  const bus = await NatsBus.connect({ ...natsOptions(servers, name, properties), needsJetStream: true });
  return { bus, cluster, servers };
}

/** The files of drivers that were submitted to a cluster. */
export async function openBundles({ bus, cluster }: ClusterBus, properties: ReadonlyMap<string, string>): Promise<BundleStore> {
  const replicas = readSetting(properties, standaloneConfig.stateReplicas);
  return new BundleStore(await NatsKeyValueStore.open(bus.link, { bucket: `vonk-${cluster}-bundles`, replicas }));
}

/** A log of JSON lines on standard error, at `spark.log.level` or INFO. */
export function processLog(name: string, properties: ReadonlyMap<string, string>): Logger {
  const level = (properties.get("spark.log.level") ?? "INFO") as LogLevel;
  return createLogger(
    name,
    level,
    (line) => void process.stderr.write(line),
    () => systemClock.now(),
  );
}

/** Writes to the log when the connection goes and comes back. */
export function logConnection({ bus }: ClusterBus, log: Logger): void {
  bus.onStatus((status) => {
    switch (status.type) {
      case "reconnected":
        return log.info(`NATS is back`, { server: status.server });
      case "disconnected":
        return log.warn("NATS is gone", { server: status.server, reason: status.reason });
      case "refused":
      case "denied":
        return log.error(status.error.message, { code: status.error.code });
      case "handlerError":
        return log.error("a message could not be handled", { subject: status.subject, error: String(status.error) });
      default:
        return;
    }
  });
}

/** The version of this package. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("@vonk/cluster-standalone/package.json") as { readonly version: string };
  return version;
}
