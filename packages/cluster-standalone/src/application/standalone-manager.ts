import { hostname } from "node:os";
import { formatAddress, NatsBus, parseMasterAddresses } from "@vonk/bus-nats/internal";
import { JetStreamStreams, natsConfig, natsOptions } from "@vonk/cluster-nats/internal";
import { systemClock } from "@vonk/common/internal";
import { coreConfig } from "@vonk/core/internal";
import type { ClusterApplication, ClusterConnection, ClusterEvents, ClusterManager } from "@vonk/core/spi";
import { clusterNameOf, readSetting, standaloneConfig } from "../config/standalone-config.ts";
import { standaloneErrors } from "../errors.ts";
import { LocalCluster, type LocalClusterSize, parseLocalCluster } from "../machine/local-cluster.ts";
import { describeApplication } from "./describe-application.ts";
import { StandaloneConnection } from "./standalone-connection.ts";

/** Executors of a standalone cluster: `vonk://host:port[,host:port]` with the addresses of NATS, or `local-cluster[N,C,M]`. */
export const clusterManager: ClusterManager = {
  async connect(application, events) {
    const size = parseLocalCluster(application.master);
    return size === undefined ? await connectTo(application, events) : await startLocal(application, size, events);
  },
};

async function connectTo(
  application: ClusterApplication,
  events: ClusterEvents,
  onClosed?: () => Promise<void>,
): Promise<ClusterConnection> {
  const properties = new Map(application.properties);
  const cluster = clusterNameOf(properties);
  const addresses = parseMasterAddresses(application.master).map((address) => formatAddress(address));
  const usesStreams = readSetting(properties, coreConfig.shuffleStore) !== "files";
  const options = natsOptions(addresses, `vonk driver ${application.appId}`, properties);
  const bus = await NatsBus.connect({ ...options, needsJetStream: usesStreams });
  const connection = new StandaloneConnection({
    bus,
    cluster,
    description: describeApplication(application, hostname()),
    events,
    clock: systemClock,
    heartbeatIntervalMs: readSetting(properties, standaloneConfig.heartbeatInterval),
    ...(onClosed === undefined ? {} : { onClosed }),
    ...(usesStreams
      ? { streams: new JetStreamStreams(application.appId, bus.link, readSetting(properties, natsConfig.streamBytesMax)) }
      : {}),
  });
  try {
    await connection.register();
    // Until here it held the thread alive; from here it must not hold a program that has ended.
    bus.unref();
    return connection;
  } catch (error) {
    bus.close();
    throw error;
  }
}

/** @throws LOCAL_CLUSTER_MEMORY, LOCAL_CLUSTER_ENDED */
async function startLocal(application: ClusterApplication, size: LocalClusterSize, events: ClusterEvents): Promise<ClusterConnection> {
  const { master } = application;
  // Its NATS is its own: credentials for another would not fit.
  const properties = application.properties.filter(([key]) => !key.startsWith("vonk.nats."));
  const executorBytes = describeApplication(application, "").memoryPerExecutorBytes;
  if (executorBytes > size.memoryBytes) {
    const [worker, executor] = [size.memoryBytes, executorBytes].map((bytes) => Math.floor(bytes / 2 ** 20));
    throw standaloneErrors.create("LOCAL_CLUSTER_MEMORY", { master, worker: worker ?? 0, executor: executor ?? 0 });
  }
  const settings = Object.fromEntries(properties.filter(([key]) => hostSettings.has(key)));
  const cluster = await LocalCluster.start(master, size, { "spark.log.level": "ERROR", ...settings });
  cluster.onEnded((problem) => events.applicationLost(standaloneErrors.create("LOCAL_CLUSTER_ENDED", { master, problem })));
  try {
    return await connectTo({ ...application, master: cluster.url, properties }, events, () => cluster.stop());
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Settings of the application that the cluster itself reads. */
const hostSettings: ReadonlySet<string> = new Set([
  "spark.log.level",
  standaloneConfig.clusterName.key,
  standaloneConfig.spreadOut.key,
  standaloneConfig.defaultCores.key,
  standaloneConfig.maxExecutorRetries.key,
  standaloneConfig.workerTimeout.key,
  standaloneConfig.heartbeatInterval.key,
  standaloneConfig.waitWarning.key,
]);
