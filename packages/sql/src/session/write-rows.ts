import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import type { QueryOptions, WriteRequest } from "@vonk/dataframe/internal";
import { insertIntoFiles } from "./insert-into-files.ts";
import type { SparkSession } from "./spark-session.ts";
import { insertRows } from "./table-command.ts";
import { writeFiles } from "./write-files.ts";

/** Writes the rows of a plan to files or a table. @throws PATH_ALREADY_EXISTS, AnalysisError TABLE_OR_VIEW_ALREADY_EXISTS, TABLE_OR_VIEW_NOT_FOUND */
export async function writeRows(spark: SparkSession, request: WriteRequest, options?: QueryOptions): Promise<void> {
  const { target, mode, plan: query } = request;
  if (target.kind === "path") return writeFiles(spark, request, target.path, options);
  const { nameParts, insert } = target;
  const overwrite = mode === "overwrite";
  if (spark.names.table(nameParts) !== undefined) {
    if (mode === "ignore" && !insert) return;
    if (!insert && mode !== "append" && !overwrite) throw exists(nameParts);
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
  const saved = await spark.warehouse.find(nameParts);
  if (insert || (saved !== undefined && mode === "append"))
    return insertIntoFiles(spark, nameParts, query, overwrite ? "overwrite" : "append", options);
  if (saved !== undefined && mode === "ignore") return;
  if (saved !== undefined && !overwrite) throw exists(nameParts);
  await spark.warehouse.save(nameParts, request, options);
}

function exists(nameParts: readonly string[]): Error {
  const relationName = ["spark_catalog", "default", nameParts.at(-1) ?? ""].map(quoteIdentifier).join(".");
  return analysisError("TABLE_OR_VIEW_ALREADY_EXISTS", { relationName });
}
