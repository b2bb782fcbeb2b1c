import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  ARROW_CORRUPT: {
    message: "Arrow data cannot be read: {problem}. Write it again.",
    fault: "data",
  },
  ARROW_NOT_SUPPORTED: {
    message: "Arrow data cannot have {what} here. Convert it to another type or form first.",
    fault: "user",
  },
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
  KEY_TOO_DEEP: {
    message:
      "A key is nested more than {depthMax} levels deep, or holds itself, so it cannot be compared by value. Map it to a flat key first.",
    fault: "user",
  },
  RECORD_NOT_ENCODABLE: {
    message:
      "A record cannot be moved between threads: found {className} at {path}, expected numbers, strings, booleans, bigints, dates, null, arrays or plain objects. Map the record to plain values first.",
    fault: "user",
  },
  RECORD_TOO_DEEP: {
    message: "A value at {path} is nested too deeply for columns, or holds itself. Map it to a flat value first.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/columnar. */
export const columnarErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
