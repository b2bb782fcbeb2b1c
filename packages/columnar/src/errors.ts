import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  BLOCK_CORRUPT: {
    message: "A block of records cannot be read: {problem}. It was damaged or written by another version; recompute it.",
    fault: "internal",
    retryable: true,
  },
  BLOCK_TOO_LARGE: {
    message: "A block of records needs {bytes} bytes, at most {bytesMax} are possible. Use more partitions or smaller records.",
    fault: "resource",
  },
  KEY_NOT_COMPARABLE: {
    message:
      "A value of class {className} cannot be a key: expected numbers, strings, bigints, booleans, dates, null, arrays or plain objects of these. Map it to one of them first.",
    fault: "user",
  },
  RECORD_NOT_ENCODABLE: {
    message:
      "A record cannot be moved between threads: found {className} at {path}, expected numbers, strings, booleans, bigints, dates, null, arrays or plain objects. Map the record to plain values first.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/columnar. */
export const columnarErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
