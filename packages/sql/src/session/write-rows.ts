import type { QueryOptions, WriteRequest } from "@vonk/dataframe/internal";
import type { SparkSession } from "./spark-session.ts";
import { writeFiles } from "./write-files.ts";
import { createTable, insertRows } from "./table-command.ts";

/** Writes the rows of a plan into a table of the session. @throws SQL_NOT_SUPPORTED, AnalysisError TABLE_OR_VIEW_ALREADY_EXISTS */
export async function writeRows(spark: SparkSession, request: WriteRequest, options: QueryOptions | undefined): Promise<void> {
  const { target, mode, plan: query, format } = request;
  if (target.kind === "path") return writeFiles(spark, request, target.path, options);
  const { nameParts } = target;
  const exists = spark.catalog.table(nameParts) !== undefined;
  if (target.insert || (exists && mode === "append")) {
    const overwrite = mode === "overwrite";
    return insertRows(spark, {
      kind: "insert",
      nameParts,
      columns: [],
      partition: {},
      byName: false,
      overwrite,
      ifNotExists: false,
      query,
    });
  }
  const replace = mode === "overwrite";
  const definition = {
    nameParts,
    columns: [],
    format,
    partitionBy: [],
    options: {},
    properties: {},
    external: false,
    ifNotExists: mode === "ignore",
    replace,
    query,
  };
  return createTable(spark, { kind: "createTable", table: definition });
}
