import { analysisError, routineBody, searchPath, type SessionVariable } from "@vonk/catalyst/internal";
import { quoteIdentifier, voidType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { cast, type Command, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { DataFrame } from "@vonk/dataframe";
import type { SparkSession } from "./spark-session.ts";

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

/** DECLARE: variables with a type, or that of their default. @throws AnalysisError VARIABLE_ALREADY_EXISTS, and those of the default */
export async function declareVariables(spark: SparkSession, command: CommandOf<"declareVariable">): Promise<void> {
  const { names, replace, dataType, value, valueText } = command;
  const { variables } = spark.names;
  const known = names.find((name) => variables.find(name) !== undefined);
  if (known !== undefined && !replace) throw analysisError("VARIABLE_ALREADY_EXISTS", { variableName: fullName(known) });
  const computed = value === undefined ? { value: null, dataType: dataType ?? voidType } : await valueOf(spark, value, dataType);
  for (const name of names) variables.put({ name: name.at(-1) ?? "", ...computed, defaultText: valueText });
}

/** SET VARIABLE, of one variable or of several by the columns of a query. */
export async function setVariables(spark: SparkSession, { names, value }: CommandOf<"setVariable">): Promise<void> {
  const folded = names.map((name) => (name.at(-1) ?? "").toLowerCase());
  const repeated = folded.find((name, index) => folded.indexOf(name) !== index);
  const targets = names.map((nameParts) => ({ nameParts, variable: variableOf(spark, nameParts) }));
  if (repeated !== undefined) throw analysisError("DUPLICATE_ASSIGNMENTS", { nameList: quoteIdentifier(repeated) });
  const [first] = targets;
  if (first === undefined) return;
  if (value === "default") {
    const { plan } = await spark.sql(`SELECT ${first.variable.defaultText}`);
    return assign(spark, targets, plan);
  }
  return assign(spark, targets, routineBody(value));
}

/** A variable and the name by which it is meant. */
interface Target {
  readonly variable: SessionVariable;
  readonly nameParts: readonly string[];
}

/** The first row's columns as the values of variables; null without a row. @throws AnalysisError ASSIGNMENT_ARITY_MISMATCH, ROW_SUBQUERY_TOO_MANY_ROWS */
async function assign(spark: SparkSession, targets: readonly Target[], query: LogicalPlan): Promise<void> {
  const frame = new DataFrame(spark.engine, query);
  const { fields } = (await spark.executionOf(frame.plan)).schema;
  if (fields.length !== targets.length) {
    throw analysisError("ASSIGNMENT_ARITY_MISMATCH", { numTarget: targets.length, numExpr: fields.length });
  }
  const projections = fields.map((field, index): Expression => ({
    kind: "alias",
    child: cast({ kind: "unresolvedAttribute", nameParts: [`c${index}`] }, targets[index]?.variable.dataType ?? field.dataType),
    name: `c${index}`,
    exprId: 0,
    qualifier: [],
  }));
  const columnNames = fields.map((_, index) => `c${index}`);
  const child: LogicalPlan = { kind: "subqueryAlias", alias: ["assigned"], columnNames, child: query };
  const rows = await new DataFrame(spark.engine, { kind: "project", projections, child }).collect();
  if (rows.length > 1) throw analysisError("ROW_SUBQUERY_TOO_MANY_ROWS", {});
  for (const [index, target] of targets.entries())
    spark.names.variables.put({ ...target.variable, value: rows[0]?.internal[index] ?? null }, target.nameParts);
}

/** DROP TEMPORARY VARIABLE. @throws AnalysisError VARIABLE_NOT_FOUND */
export function dropVariable(spark: SparkSession, { nameParts, ifExists }: CommandOf<"dropVariable">): void {
  if (spark.names.variables.drop(nameParts) || ifExists) return;
  throw analysisError("VARIABLE_NOT_FOUND", { variableName: fullName(nameParts) });
}

function variableOf(spark: SparkSession, nameParts: readonly string[]): SessionVariable {
  const known = spark.names.variables.find(nameParts);
  if (known !== undefined) return known;
  throw analysisError("UNRESOLVED_VARIABLE", {
    variableName: nameParts.map(quoteIdentifier).join("."),
    searchPath: searchPath({ catalog: "spark_catalog", database: spark.names.currentDatabase }).replace(/.*(`system`\.`session`).*/, "$1"),
  });
}

function fullName(nameParts: readonly string[]): string {
  return ["system", "session", nameParts.at(-1) ?? ""].map(quoteIdentifier).join(".");
}

/** The value of an expression, in a type or its own. */
export async function valueOf(
  spark: SparkSession,
  expression: Expression,
  dataType: DataType | undefined,
): Promise<{ readonly value: SQLValue; readonly dataType: DataType }> {
  const item = dataType === undefined ? expression : cast(expression, dataType);
  const frame = new DataFrame(spark.engine, { kind: "project", projections: [item], child: { kind: "oneRow" } });
  const { fields } = (await spark.executionOf(frame.plan)).schema;
  const [row] = await frame.collect();
  return { value: row?.internal[0] ?? null, dataType: fields[0]?.dataType ?? voidType };
}
