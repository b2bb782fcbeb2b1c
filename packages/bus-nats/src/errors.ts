import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  NATS_ADDRESS_INVALID: {
    message: "'{address}' is no address of NATS: {problem}. Expected host:port, or vonk://host1:port,host2:port for several.",
    fault: "user",
  },
  NATS_AUTHENTICATION: {
    message:
      "NATS at {servers} refused {credentials}: {reason}. Expected credentials that the server knows and that have not expired; correct them or have new ones issued.",
    fault: "user",
  },
  NATS_CREDENTIALS_UNREADABLE: {
    message: "The {what} for NATS cannot be used: {problem}. Give the path of a readable file, or the contents themselves.",
    fault: "user",
  },
  NATS_JETSTREAM_MISSING: {
    message:
      "NATS at {server} runs without JetStream, which shuffle, broadcast and cluster state are kept in. Start it with jetstream enabled (nats-server -js -sd FOLDER), and allow it to the account.",
    fault: "external",
  },
  NATS_MESSAGE_INVALID: {
    message:
      "A message on '{subject}' is not one of Vonk's: {problem}. Both sides must run the same version of Vonk; nothing else may publish there.",
    fault: "external",
  },
  NATS_MESSAGE_TOO_LARGE: {
    message:
      "A message to '{subject}' has {bytes} bytes, expected at most {limit}. Send less at once: large values belong into a broadcast, a file or a shuffle.",
    fault: "user",
  },
  NATS_MESSAGE_UNSENDABLE: {
    message: "A message to '{subject}' cannot be sent to another process: {problem}. Send plain data: no functions, no shared memory.",
    fault: "user",
  },
  NATS_PERMISSION: {
    message:
      "NATS does not allow {operation} on '{subject}' to these credentials. Extend the user's permissions by this subject, or use other credentials.",
    fault: "user",
  },
  NATS_PROTOCOL: {
    message:
      "The NATS server sent what is not its protocol: {problem}. Expected a nats-server at this address; see whether something else answers there.",
    fault: "external",
  },
  NATS_PUBLISH_TIMEOUT: {
    message:
      "Stream {stream} acknowledged nothing for {timeoutMs} ms. The server is overloaded or its disk is full: look at its log and its free space.",
    fault: "external",
    retryable: true,
  },
  NATS_SERVER_FAILED: {
    message: "nats-server ({path}) did not start: {problem}. Its log is {logFile}; its last lines: {log}",
    fault: "external",
  },
  NATS_SERVER_NOT_FOUND: {
    message:
      "No nats-server was found: none in VONK_NATS_SERVER, on PATH or under {folder}. Expected version {floor} or later. Install one (Debian: apt-get install nats-server; Go: go install github.com/nats-io/nats-server/v2@v{recommended}) or set VONK_NATS_SERVER to its path.",
    fault: "external",
  },
  NATS_SERVER_TOO_OLD: {
    message: "NATS at {server} is version {version}, expected {floor} or later. Upgrade nats-server; {recommended} is recommended.",
    fault: "external",
  },
  NATS_SERVER_UNUSABLE: {
    message:
      "VONK_NATS_SERVER names '{path}', which {problem}. Expected the path of a nats-server of version {floor} or later; correct the variable or unset it.",
    fault: "user",
  },
  NATS_STORAGE_FULL: {
    message:
      "NATS has no room left for stream {stream}: {reason}. Free space or raise the server's limit of file storage (jetstream max_file).",
    fault: "resource",
    retryable: true,
  },
  NATS_STREAM_FULL: {
    message: "Stream {stream} has reached its size limit: {reason}. Raise the limit of the stream, or write less to it.",
    fault: "resource",
  },
  NATS_STREAM_GAP: {
    message:
      "Stream {stream} goes from message {met} where {expected} was expected: messages have expired or were deleted. What it held must be made again.",
    fault: "external",
    retryable: true,
  },
  NATS_STREAM_MISSING: {
    message:
      "There is no stream {stream} in NATS: it was deleted, has expired, or the server lost its storage. What it held must be made again.",
    fault: "external",
    retryable: true,
  },
  NATS_STREAM_REFUSED: {
    message: "NATS refused {operation} of {stream}: {reason} (error {number}).",
    fault: "external",
  },
  NATS_TLS: {
    message:
      "No trusted TLS connection to NATS at {servers}: {reason}. Expected a server certificate of the given authority and host name, and a client certificate where the server asks for one; check ca, cert and key.",
    fault: "user",
  },
  NATS_UNREACHABLE: {
    message:
      "No NATS server answers at {servers} ({reason}). Check that nats-server runs there, the addresses, and that no firewall is between.",
    fault: "external",
    retryable: true,
  },
} as const;

/** Errors of @vonk/bus-nats. */
export const natsErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
