import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  APPLICATION_REMOVED: {
    message: "The cluster has removed application {appId}: {reason}.",
    fault: "resource",
  },
  BUNDLE_MISSING: {
    message: "The files of {name} are not there: they were never uploaded whole, or the driver has ended. Submit the application again.",
    fault: "external",
  },
  BUNDLE_PACKAGE_MISSING: {
    message: "The application imports {packages}, missing on {host}. Install them there, in {folder} or above: npm install {packages}",
    fault: "user",
  },
  BUNDLE_PATH_OUTSIDE: {
    message: "A file of the application has the path '{path}', which lies outside its folder.",
    fault: "external",
  },
  BUNDLE_TOO_LARGE: {
    message:
      "The application's own files and those of --files and --archives are {met} MiB packed, expected at most {limit}. Put large ones where every worker can read them and give them as local:/path.",
    fault: "user",
  },
  CLUSTER_NAME_INVALID: {
    message: "vonk.cluster.name is '{name}', expected letters, digits, '-' and '_': subjects and buckets of NATS are named after it.",
    fault: "user",
  },
  CLUSTER_NOT_RUNNING: {
    message: "No cluster runs in {folder}. Start one with: vonk cluster up",
    fault: "user",
  },
  CLUSTER_RECORD_UNREADABLE: {
    message:
      "Record {key} of the cluster has version {version}, expected {expected}: another version of Vonk wrote it. Run masters of that version, or start with an empty cluster by deleting the records' bucket.",
    fault: "external",
  },
  CLUSTER_RUNNING: {
    message: "A cluster runs in {folder} already, {url}. End it with vonk cluster down, or give another folder with --dir.",
    fault: "user",
  },
  CLUSTER_START_FAILED: {
    message: "The cluster in {folder} did not start: {problem}. What was started has been ended again; the last lines of the log: {log}",
    fault: "external",
  },
  DRIVER_UNKNOWN: {
    message: "The cluster knows no driver {driverId}: the id is wrong, or the driver ended long ago.",
    fault: "user",
  },
  LOCAL_CLUSTER_ENDED: {
    message: "The cluster of {master} has ended before the application: {problem}.",
    fault: "external",
  },
  LOCAL_CLUSTER_MEMORY: {
    message:
      "{master} has workers of {worker} MiB, but an executor of the application wants {executor} MiB. Raise the last number, or lower spark.executor.memory.",
    fault: "user",
  },
  LOCAL_CLUSTER_URL_INVALID: {
    message:
      "Master URL '{master}' is not understood. Expected local-cluster[WORKERS,CORES,MEMORY] with MEMORY in MiB or as 2g, e.g. local-cluster[2,1,1024].",
    fault: "user",
  },
  LOGS_UNKNOWN: {
    message: "This worker has no such log of {id}: it was swept, or another worker ran it.",
    fault: "user",
  },
  MASTER_NAME_TAKEN: {
    message:
      "Cluster '{cluster}' has a master named '{name}' already ({other}). Give this one another name with --name, or leave it out for one of its own.",
    fault: "user",
  },
  MASTER_NOT_FOUND: {
    message:
      "No master of cluster '{cluster}' answers, although NATS does. Start one with: vonk master vonk://host:port, or give the name of another cluster with vonk.cluster.name.",
    fault: "external",
    retryable: true,
  },
  MASTER_NOT_LEADING: {
    message: "The master of term {term} no longer leads. The request goes to the next one.",
    fault: "external",
    retryable: true,
  },
  WORKER_COMMAND_STALE: {
    message: "Worker {workerId} follows the master of term {term} and refuses a command of term {commanded}.",
    fault: "external",
  },
  WORKER_MEMORY_EXCEEDS: {
    message:
      "A worker cannot give {asked} MiB: this machine has {present} MiB, of which {advised} MiB are left for executors by default. Lower --memory.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/cluster-standalone. */
export const standaloneErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
