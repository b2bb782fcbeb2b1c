import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  FORMAT_NOT_INSTALLED: {
    message: "Files of the format '{format}' need the package {package}: run `npm install {package}`, or check the format's name.",
    fault: "user",
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
