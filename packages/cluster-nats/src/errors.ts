import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  DATA_THREAD_LOST: {
    message: "The executor's data thread ended: {reason}. What it carried is carried again.",
    fault: "internal",
    retryable: true,
  },
  SHUFFLE_STREAMS_FULL: {
    message:
      "JetStream has had no room for map output {mapPartition} of shuffle {shuffleId} for {waitedMs} ms: {reason} Give the server more storage (jetstream max_file), raise vonk.shuffle.streamBytesMax, or set vonk.shuffle.store to files on one host.",
    fault: "resource",
    retryable: true,
  },
} as const;

/** Errors of @vonk/cluster-nats. */
export const clusterErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
