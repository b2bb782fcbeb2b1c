import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  NATS_SERVER_NOT_FOUND: {
    message:
      "No nats-server was found: none in VONK_NATS_SERVER, on PATH or under {folder}. Expected version {floor} or later. Install one (Debian: apt-get install nats-server; Go: go install github.com/nats-io/nats-server/v2@v{recommended}) or set VONK_NATS_SERVER to its path.",
    fault: "external",
  },
  NATS_SERVER_UNUSABLE: {
    message:
      "VONK_NATS_SERVER names '{path}', which {problem}. Expected the path of a nats-server of version {floor} or later; correct the variable or unset it.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/bus-nats. */
export const natsErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
