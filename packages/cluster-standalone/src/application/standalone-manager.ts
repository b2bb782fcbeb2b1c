import { hostname } from "node:os";
import { formatAddress, NatsBus, parseMasterAddresses } from "@vonk/bus-nats/internal";
import { JetStreamStreams, natsConfig, natsOptions } from "@vonk/cluster-nats/internal";
import { coreConfig } from "@vonk/core/internal";
import type { ConfigEntry } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import type { ClusterManager } from "@vonk/core/spi";
import { standaloneConfig } from "../config/standalone-config.ts";
import { describeApplication } from "./describe-application.ts";
import { StandaloneConnection } from "./standalone-connection.ts";

/** Executors of a standalone cluster, `vonk://host:port[,host:port]` with the addresses of NATS. */
export const clusterManager: ClusterManager = {
  async connect(application, events) {
    const properties = new Map(application.properties);
    const addresses = parseMasterAddresses(application.master).map((address) => formatAddress(address));
    const read = <T>(entry: ConfigEntry<T>): T => entry.parse(properties.get(entry.key) ?? entry.defaultText);
    const usesStreams = read(coreConfig.shuffleStore) !== "files";
    const options = natsOptions(addresses, `vonk driver ${application.appId}`, properties);
    const bus = await NatsBus.connect({ ...options, needsJetStream: usesStreams });
    bus.unref();
    const connection = new StandaloneConnection({
      bus,
      cluster: read(standaloneConfig.clusterName),
      description: describeApplication(application, hostname()),
      events,
      clock: systemClock,
      heartbeatIntervalMs: read(standaloneConfig.heartbeatInterval),
      ...(usesStreams ? { streams: new JetStreamStreams(application.appId, bus.link, read(natsConfig.streamBytesMax)) } : {}),
    });
    try {
      await connection.register();
      return connection;
    } catch (error) {
      bus.close();
      throw error;
    }
  },
};
