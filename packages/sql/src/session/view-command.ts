import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import type { Command, LogicalPlan } from "@vonk/dataframe/internal";

import type { SparkSession } from "./spark-session.ts";

/** CREATE VIEW: its query is analysed at once, so that a wrong one is refused. @throws AnalysisError …_ALREADY_EXISTS, and those of the query */
export async function createView(spark: SparkSession, { view }: Extract<Command, { kind: "createView" }>): Promise<void> {
  const { nameParts, scope, columns, query } = view;
  const exists = spark.names.view(nameParts) !== undefined || (scope === "persistent" && spark.names.table(nameParts) !== undefined);
  if (exists && view.ifNotExists) return;
  if (exists && !view.replace) {
    if (scope === "temporary")
      throw analysisError("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: quoteIdentifier(nameParts.at(-1) ?? "") });
    const relationName = ["spark_catalog", "default", nameParts.at(-1) ?? ""].map(quoteIdentifier).join(".");
    throw analysisError("TABLE_OR_VIEW_ALREADY_EXISTS", { relationName });
  }
  const named: LogicalPlan =
    columns.length === 0
      ? query
      : { kind: "subqueryAlias", alias: [nameParts.at(-1) ?? ""], columnNames: columns.map((column) => column.name), child: query };
  const { analyzed } = await spark.executionOf(named);
  if (analyzed.kind !== "command") spark.names.createView(nameParts.at(-1) ?? "", named);
}

/** DROP VIEW. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function dropView(spark: SparkSession, { nameParts, ifExists }: Extract<Command, { kind: "dropView" }>): void {
  if (spark.names.dropView(nameParts) || ifExists) return;
  throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}
