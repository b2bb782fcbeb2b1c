import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  APPLICATION_REMOVED: {
    message: "The cluster has removed application {appId}: {reason}.",
    fault: "resource",
  },
  CLUSTER_RECORD_UNREADABLE: {
    message:
      "Record {key} of the cluster has version {version}, expected {expected}: another version of Vonk wrote it. Run masters of that version, or start with an empty cluster by deleting the records' bucket.",
    fault: "external",
  },
  MASTER_NOT_FOUND: {
    message:
      "No master of cluster '{cluster}' answers, although NATS does. Start one with: vonk master vonk://host:port, or give the name of another cluster with vonk.cluster.name.",
    fault: "external",
    retryable: true,
  },
  WORKER_COMMAND_STALE: {
    message: "Worker {workerId} follows the master of term {term} and refuses a command of term {commanded}.",
    fault: "external",
  },
} as const;

/** Errors of @vonk/cluster-standalone. */
export const standaloneErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
