import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { alias, cast, unresolvedAttribute, type LogicalPlan, type QueryOptions } from "@vonk/dataframe/internal";
import type { SparkSession } from "./spark-session.ts";

/** Adds a query's rows to a table of the warehouse, column by column in order. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND, INSERT_COLUMN_ARITY_MISMATCH… */
export async function insertIntoFiles(
  spark: SparkSession,
  nameParts: readonly string[],
  query: LogicalPlan,
  mode: "append" | "overwrite",
  options?: QueryOptions,
): Promise<void> {
  const table = await spark.warehouse.find(nameParts);
  if (table === undefined) throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
  const { schema } = await spark.executionOf({ ...table.reference });
  const data = (await spark.executionOf(query)).schema;
  if (data.fields.length !== schema.fields.length) {
    const code = data.fields.length < schema.fields.length ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS";
    throw analysisError(`INSERT_COLUMN_ARITY_MISMATCH.${code}`, {
      tableName: ["spark_catalog", "default", table.name].map(quoteIdentifier).join("."),
      tableColumns: schema.fields.map((field) => quoteIdentifier(field.name)).join(", "),
      dataColumns: data.fields.map((field) => quoteIdentifier(field.name)).join(", "),
    });
  }
  const names = schema.fields.map((field) => field.name);
  const plan: LogicalPlan = {
    kind: "project",
    projections: schema.fields.map((field) => alias(cast(unresolvedAttribute([field.name]), field.dataType), field.name)),
    child: { kind: "subqueryAlias", alias: [], columnNames: names, child: query },
  };
  await spark.warehouse.write(table, { plan, mode, options: {} }, options);
}
