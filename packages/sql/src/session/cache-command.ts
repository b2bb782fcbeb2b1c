import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { DataFrame } from "@vonk/dataframe";
import type { Command, LogicalPlan } from "@vonk/dataframe/internal";
import type { SparkSession } from "./spark-session.ts";

/**
 * CACHE TABLE: keeps the rows of a view, of a table, or of a query under a new name; computes them at once unless it is LAZY. Tables of the session's memory
 * are kept already.
 * @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND
 */
export async function cacheTable(spark: SparkSession, command: Extract<Command, { kind: "cacheTable" }>): Promise<void> {
  const { nameParts, query, lazy } = command;
  const kept = query === undefined ? await planOf(spark, nameParts) : nameView(spark, nameParts, query);
  if (kept === undefined) return;
  spark.persisted.add(kept, "MEMORY_AND_DISK");
  if (!lazy) await new DataFrame(spark.engine, { kind: "subqueryAlias", alias: [], columnNames: [], child: kept }).count();
}

/** UNCACHE TABLE. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export async function uncacheTable(
  spark: SparkSession,
  { nameParts, ifExists }: Extract<Command, { kind: "uncacheTable" }>,
): Promise<void> {
  const plan = spark.names.view(nameParts) ?? spark.warehouse.keptPlan(nameParts);
  if (plan !== undefined) return spark.persisted.remove(plan);
  if (!ifExists) await planOf(spark, nameParts);
}

/** The view of a plan's name, with the id by which kept plans are known: a DataFrame gives it. */
function nameView(spark: SparkSession, nameParts: readonly string[], plan: LogicalPlan): LogicalPlan {
  const named = new DataFrame(spark.engine, plan).plan;
  spark.names.replaceView(nameParts, named);
  return named;
}

/** The plan of a view or of a table in files; undefined for one whose rows are in memory. */
async function planOf(spark: SparkSession, nameParts: readonly string[]): Promise<LogicalPlan | undefined> {
  const view = spark.names.view(nameParts);
  if (view !== undefined) return view.planId === undefined ? nameView(spark, nameParts, view) : view;
  if (spark.names.table(nameParts) !== undefined) return undefined;
  const plan = await spark.warehouse.keep(nameParts);
  if (plan === undefined) throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
  return plan;
}
