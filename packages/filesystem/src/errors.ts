import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  COMPRESSED_FILE_CORRUPT: {
    message: "File {path} is not a whole {codec} file: {problem}. Write it again or leave it out.",
    fault: "data",
  },
  COMPRESSED_FILE_TOO_LARGE: {
    message:
      "File {path} holds more than {bytesMax} bytes once decompressed. A {codec} file is read as a whole by one task: split it into smaller files.",
    fault: "resource",
  },
  COMPRESSION_NOT_SUPPORTED: {
    message: "File {path} is compressed with {codec}, which cannot be read. Recompress it as .gz or .zst.",
    fault: "user",
  },
  FILESYSTEM_NOT_FOUND: {
    message: "No filesystem for '{scheme}:' paths such as {path}. Run: npm install {package}",
    fault: "user",
  },
  FILESYSTEM_NOT_SYNCHRONOUS: {
    message: "Files of '{scheme}:' cannot be read in a task thread as they are. The data thread has to fetch {path} first.",
    fault: "internal",
  },
  LINE_TOO_LONG: {
    message: "File {path} has a line of more than {bytesMax} bytes that begins at byte {position}. Read it as binary or cut it into lines.",
    fault: "data",
  },
  OUTPUT_EXISTS: {
    message: "Output folder {path} already exists. Remove it or write to another one.",
    fault: "user",
  },
  OUTPUT_JOB_ENDED: {
    message: "The job that wrote to {path} has ended: a task of it that still runs may write no more.",
    fault: "external",
  },
  PATH_IS_DIRECTORY: {
    message: "Path {path} is a folder where a file was expected. Name its files with a pattern such as {path}/* or read recursively.",
    fault: "user",
  },
  PATH_NOT_FOUND: {
    message: "Path does not exist or matches no file: {path}. Check its spelling; a relative path starts at the working folder.",
    fault: "user",
  },
  PATH_NOT_READABLE: {
    message: "Path {path} cannot be read: {problem}. Check its permissions.",
    fault: "external",
  },
  PATH_NOT_WRITABLE: {
    message: "Path {path} cannot be written: {problem}. Check its permissions and the space left.",
    fault: "external",
  },
  RECORD_TRUNCATED: {
    message: "File {path} has {bytes} bytes, which is no multiple of the record length {recordBytes}. Check the length or the file.",
    fault: "data",
  },
} as const;

/** Errors of @vonk/filesystem. */
export const filesystemErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
