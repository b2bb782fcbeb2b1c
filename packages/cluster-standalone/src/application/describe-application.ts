import type { ConfigEntry } from "@vonk/common";
import { coreConfig } from "@vonk/core/internal";
import type { ClusterApplication } from "@vonk/core/spi";
import { readSetting, standaloneConfig } from "../config/standalone-config.ts";
import type { ApplicationDescription } from "../message/cluster-state.ts";

const environmentPrefix = "spark.executorEnv.";
const overheadBytesMin = 384 * 2 ** 20;

/** What an application's settings ask of a standalone cluster. */
export function describeApplication({ appId, name, properties }: ClusterApplication, driverHost: string): ApplicationDescription {
  const settings = new Map(properties);
  const read = <T>(entry: ConfigEntry<T>): T => readSetting(settings, entry);
  const coresMax = read(coreConfig.coresMax);
  const coresPerExecutor = read(coreConfig.executorCores);
  const executorLimit = read(standaloneConfig.executorLimit);
  const memoryPerExecutorBytes = read(coreConfig.executorMemory);
  return {
    appId,
    name,
    driverHost,
    ...(coresMax === 0 ? {} : { coresMax }),
    ...(coresPerExecutor === 0 ? {} : { coresPerExecutor }),
    ...(executorLimit === 0 ? {} : { executorLimit }),
    memoryPerExecutorBytes,
    memoryOverheadBytes: read(standaloneConfig.memoryOverhead) || Math.max(overheadBytesMin, memoryPerExecutorBytes / 10),
    environment: Object.fromEntries(
      properties.flatMap(([key, value]) => (key.startsWith(environmentPrefix) ? [[key.slice(environmentPrefix.length), value]] : [])),
    ),
    nodeOptions: (settings.get("spark.executor.extraNodeOptions") ?? "").split(" ").filter((option) => option !== ""),
  };
}
