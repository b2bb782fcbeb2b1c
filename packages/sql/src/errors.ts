import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  FORMAT_NOT_INSTALLED: {
    message: "Files of the format '{format}' need the package {package}: run `npm install {package}`, or check the format's name.",
    fault: "user",
  },
  FORMAT_NOT_WRITABLE: {
    message:
      "These rows cannot be written as {format}: the format is only read, or no column is left for its files. Choose another format or fewer partition columns.",
    fault: "user",
  },
  PARTITION_COLUMN_NOT_FOUND: {
    message: "There is no column '{column}' to make folders of; the columns are {columns}.",
    fault: "user",
    sqlState: "42703",
  },
  PARTITION_FOLDERS_DIFFER: {
    message:
      "The files of {folder} do not fit the others of {path}: all must lie in folders of the same names and have the same columns. Read them apart.",
    fault: "data",
  },
  PATH_ALREADY_EXISTS: {
    message: "{outputPath} already exists. Choose another path, or mode('overwrite') or mode('append').",
    fault: "user",
    sqlState: "42K04",
  },
  PIPELINE_MEMORY_EXCEEDED: {
    message:
      "A pipeline needs {bytes} bytes more than the executor's segment has free. Give spark.executor.memory more, or spark.memory.fraction a larger share.",
    fault: "resource",
  },
  RECURSION_LEVEL_LIMIT_EXCEEDED: {
    message: "A recursive query went over {levelLimit} levels. Give it an end, or raise `spark.sql.cteRecursionLevelLimit`.",
    fault: "data",
    sqlState: "42836",
    exception: "SparkException",
  },
  RECURSION_ROW_LIMIT_EXCEEDED: {
    message: "A recursive query made more than {rowLimit} rows. Give it an end, or raise `spark.sql.cteRecursionRowLimit`.",
    fault: "data",
    sqlState: "42836",
    exception: "SparkException",
  },
  SQL_NOT_SUPPORTED: {
    message: "{what} is not supported yet. Rewrite the query without it.",
    fault: "user",
    sqlState: "0A000",
  },
} as const;

/** Errors of @vonk/sql. */
export const sqlErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
