import { booleanEntry, bytesEntry, type ConfigEntry, durationEntry, integerEntry, stringEntry } from "@vonk/common";
import { standaloneErrors } from "../errors.ts";

/** Configuration keys of the standalone cluster. Keys that Spark has keep Spark's names. */
export const standaloneConfig: {
  readonly clusterName: ConfigEntry<string>;
  readonly spreadOut: ConfigEntry<boolean>;
  readonly defaultCores: ConfigEntry<number>;
  readonly maxExecutorRetries: ConfigEntry<number>;
  readonly workerTimeout: ConfigEntry<number>;
  readonly heartbeatInterval: ConfigEntry<number>;
  readonly recoveryTimeout: ConfigEntry<number>;
  readonly waitWarning: ConfigEntry<number>;
  readonly memoryOverhead: ConfigEntry<number>;
  readonly executorLimit: ConfigEntry<number>;
  readonly stateReplicas: ConfigEntry<number>;
  readonly logTtl: ConfigEntry<number>;
} = {
  clusterName: stringEntry("vonk.cluster.name", "standalone", { doc: "Name of the cluster; several may use one NATS." }),
  spreadOut: booleanEntry("spark.deploy.spreadOutApps", true, {
    doc: "Spread an application over the workers instead of filling one after the other.",
  }),
  defaultCores: integerEntry("spark.deploy.defaultCores", 0, {
    doc: "Cores of an application that does not set spark.cores.max; 0 is no limit.",
    min: 0,
  }),
  maxExecutorRetries: integerEntry("spark.deploy.maxExecutorRetries", 10, {
    doc: "Executors in a row that fail before an application that has none is removed.",
    min: 1,
  }),
  workerTimeout: durationEntry("spark.worker.timeout", "4s", {
    doc: "Silence after which a worker or an application is given up.",
    bareUnit: "s",
  }),
  heartbeatInterval: durationEntry("vonk.worker.heartbeatInterval", "1s", {
    doc: "How often workers and applications show that they live.",
    bareUnit: "ms",
  }),
  recoveryTimeout: durationEntry("vonk.deploy.recoveryTimeout", "3s", {
    doc: "How long a master that takes over waits for the workers and applications that it knows of.",
    bareUnit: "ms",
  }),
  waitWarning: durationEntry("vonk.deploy.waitWarning", "15s", {
    doc: "How often an application without executors is told why.",
    bareUnit: "ms",
  }),
  memoryOverhead: bytesEntry("spark.executor.memoryOverhead", "0", {
    doc: "Memory of an executor process beyond spark.executor.memory before its worker ends it; 0 means a tenth, at least 384 MiB.",
    bareUnit: "m",
  }),
  executorLimit: integerEntry("spark.executor.instances", 0, { doc: "Executors at most; 0 is no limit.", min: 0 }),
  stateReplicas: integerEntry("vonk.cluster.stateReplicas", 1, {
    doc: "Copies of the masters' lease and records, in a cluster of NATS servers; read by the first master of a new cluster.",
    min: 1,
  }),
  logTtl: durationEntry("spark.worker.cleanup.appDataTtl", "7d", {
    doc: "Age at which a worker deletes the logs that ended workers left in its work folder.",
    bareUnit: "s",
  }),
};

/** A setting in `properties`, or its default. */
export function readSetting<T>(properties: ReadonlyMap<string, string>, entry: ConfigEntry<T>): T {
  return entry.parse(properties.get(entry.key) ?? entry.defaultText);
}

/** The name of the cluster that `properties` mean. @throws CLUSTER_NAME_INVALID */
export function clusterNameOf(properties: ReadonlyMap<string, string>): string {
  const name = readSetting(properties, standaloneConfig.clusterName);
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw standaloneErrors.create("CLUSTER_NAME_INVALID", { name });
  return name;
}
