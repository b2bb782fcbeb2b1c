import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { DataFrame } from "@vonk/dataframe";
import type { Command, LogicalPlan } from "@vonk/dataframe/internal";
import type { SparkSession } from "./spark-session.ts";

/** CACHE TABLE: keeps the rows of a view, or of a query under a new name; computes them at once unless it is LAZY. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export async function cacheTable(spark: SparkSession, command: Extract<Command, { kind: "cacheTable" }>): Promise<void> {
  const { nameParts, query, lazy } = command;
  const plan = query === undefined ? await planOf(spark, nameParts) : query;
  // A plan is known by the id that its DataFrame gives it.
  const frame = plan.planId === undefined || query !== undefined ? new DataFrame(spark.engine, plan) : undefined;
  const kept = frame?.plan ?? plan;
  if (frame !== undefined) spark.names.replaceView(nameParts, kept);
  spark.persisted.add(kept, "MEMORY_AND_DISK");
  if (!lazy) await new DataFrame(spark.engine, { kind: "subqueryAlias", alias: [], columnNames: [], child: kept }).count();
}

/** UNCACHE TABLE. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export async function uncacheTable(
  spark: SparkSession,
  { nameParts, ifExists }: Extract<Command, { kind: "uncacheTable" }>,
): Promise<void> {
  const plan = spark.names.view(nameParts);
  if (plan !== undefined) return spark.persisted.remove(plan);
  if (!ifExists && spark.names.table(nameParts) === undefined) await planOf(spark, nameParts);
}

/** The plan of a view; a table gets a view of its name, which hides it. */
async function planOf(spark: SparkSession, nameParts: readonly string[]): Promise<LogicalPlan> {
  const view = spark.names.view(nameParts);
  if (view !== undefined) return view;
  const relation = spark.names.relation(nameParts) ?? (await spark.warehouse.find(nameParts))?.reference;
  if (relation === undefined) throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
  return relation;
}
