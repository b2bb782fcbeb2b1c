import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  BUS_CLOSED: {
    message: "The bus is closed, so '{subject}' cannot be reached. The process on the other side has stopped; start a new SparkContext.",
    fault: "external",
    retryable: true,
  },
  BUS_NO_RESPONDER: {
    message: "Nobody answers on '{subject}'. The process that serves it is not running or has not started yet.",
    fault: "external",
    retryable: true,
  },
  BUS_REQUEST_TIMEOUT: {
    message: "No reply on '{subject}' within {timeoutMs} ms.",
    fault: "external",
    retryable: true,
  },
  BUS_UNKNOWN_MESSAGE: {
    message:
      "Service {service} has no message '{message}'. The two sides run different versions of Vonk; install the same version on both.",
    fault: "user",
  },
  BUS_VERSION_MISMATCH: {
    message:
      "Service {service} speaks version {expected} but got a message of version {actual}. Install the same version of Vonk on both sides.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/bus. */
export const busErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
