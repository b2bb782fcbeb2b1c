import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  PARQUET_ARENA_FULL: {
    message:
      "Reading Parquet needs {bytes} more bytes of memory, of which {bytesFree} are free. Read fewer columns or write smaller row groups.",
    fault: "resource",
  },
  PARQUET_CODEC_UNKNOWN: {
    message: "Parquet files are not written with the codec '{codec}'. Choose one of {codecs}.",
    fault: "user",
  },
  PARQUET_COLUMN_NOT_FOUND: {
    message: "File {path} has no column {column}; it has {columns}. Check the name or the schema that the files are read with.",
    fault: "user",
  },
  PARQUET_FILE_CORRUPT: {
    message: "File {path} is damaged: {problem}. Write it again or leave it out.",
    fault: "data",
  },
  PARQUET_FILE_ENCRYPTED: {
    message: "File {path} is encrypted, which cannot be read. Write it without encryption.",
    fault: "user",
  },
  PARQUET_FILE_INVALID: {
    message: "File {path} is no Parquet file: {problem}. Check the path, or name the format that it has.",
    fault: "data",
  },
  PARQUET_NOT_SUPPORTED: {
    message: "File {path} cannot be read: {problem}. Write it again without.",
    fault: "user",
  },
  PARQUET_NO_FILES: {
    message: "There are no Parquet files at {paths}. Check the path; names that begin with _ or . are left out.",
    fault: "user",
  },
  PARQUET_OPTION_INVALID: {
    message:
      "The option {option} cannot be '{value}'. Booleans are true or false, sizes and counts whole numbers above 0, rates between 0 and 1.",
    fault: "user",
  },
  PARQUET_SCHEMA_MISMATCH: {
    message: "{path} has the columns {columns}, but {firstPath} has {firstColumns}. Read files of different schemas apart.",
    fault: "data",
  },
  PARQUET_TYPE_NOT_WRITABLE: {
    message: "Column {column} has type {type}, for which Parquet has none. Cast it before it is written.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/format-parquet. */
export const parquetErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
