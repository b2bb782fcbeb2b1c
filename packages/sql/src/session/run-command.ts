import { analysisError, parseSQL } from "@vonk/catalyst/internal";
import { quoteIdentifier, sqlType, stringType, structType } from "@vonk/columnar/internal";
import { literal, type Command, type Expression } from "@vonk/dataframe/internal";
import { sqlErrors } from "../errors.ts";
import { DataFrame } from "@vonk/dataframe";
import { cacheTable, uncacheTable } from "./cache-command.ts";
import { showCreateTable, showTableExtended } from "./show-create-table.ts";
import { describeColumn, describeQuery, describeTable, showColumns, showTableProperties } from "./describe-command.ts";
import { explained } from "./explain-command.ts";
import {
  createNamespace,
  describeNamespace,
  dropNamespace,
  showCurrentNamespace,
  showNamespaces,
  showTables,
  useNamespace,
} from "./namespace-command.ts";
import { createFunction, dropFunction } from "./routine-command.ts";
import { runSetting } from "./setting-command.ts";
import type { SparkSession } from "./spark-session.ts";
import {
  addColumns,
  alterColumn,
  commentOn,
  createTable,
  dropTable,
  insertRows,
  rename,
  setProperties,
  truncateTable,
} from "./table-command.ts";
import { declareVariables, dropVariable, setVariables, valueOf } from "./variable-command.ts";
import { writeFiles } from "./write-files.ts";
import { alterViewQuery, alterViewSchema, createView, dropView } from "./view-command.ts";

const planColumn = structType([{ name: "plan", dataType: stringType, nullable: false }]);

/** Runs a statement that is no query. Its rows are there at once; most have none. @throws SQL_NOT_SUPPORTED */
export async function runCommand(spark: SparkSession, command: Command): Promise<DataFrame> {
  return (await resultOf(spark, command)) ?? spark.createRows(structType([]), []);
}

/** The statements that have rows; undefined for the others, which have run then. */
async function resultOf(spark: SparkSession, command: Command): Promise<DataFrame | undefined> {
  switch (command.kind) {
    case "set":
    case "reset":
      return runSetting(spark, command);
    case "explain":
      return spark.createRows(planColumn, [[explained(await spark.executionOf(command.plan), command.mode, spark.conf.adaptive)]]);
    case "showTables":
    case "showViews":
      return showTables(spark, command);
    case "showNamespaces":
      return showNamespaces(spark, command);
    case "showCurrentNamespace":
      return showCurrentNamespace(spark);
    case "showCreateTable":
      return showCreateTable(spark, command);
    case "showTableExtended":
      return showTableExtended(spark, command);
    case "describeColumn":
      return describeColumn(spark, command);
    case "showColumns":
      return showColumns(spark, command);
    case "showTableProperties":
      return showTableProperties(spark, command);
    case "describeTable":
      return describeTable(spark, command);
    case "describeQuery":
      return describeQuery(spark, command);
    case "describeNamespace":
      return describeNamespace(spark, command);
    case "executeImmediate":
      return executeImmediate(spark, command);
    case "script":
      return spark.runScript(command.block);
    default:
      await change(spark, command);
      return undefined;
  }
}

/** The statements that change the session or its catalog. */
async function change(spark: SparkSession, command: Command): Promise<void> {
  switch (command.kind) {
    case "createView":
      return createView(spark, command);
    case "alterViewQuery":
      return alterViewQuery(spark, command);
    case "dropView":
      return dropView(spark, command);
    case "createTable":
      return createTable(spark, command);
    case "dropTable":
      return dropTable(spark, command);
    case "truncateTable":
      return truncateTable(spark, command);
    case "insert":
      return insertRows(spark, command);
    case "insertDirectory":
      return insertDirectory(spark, command);
    case "setProperties":
      return setProperties(spark, command);
    case "commentOn":
      return commentOn(spark, command);
    case "alterViewSchema":
      return alterViewSchema(spark, command);
    case "rename":
      return rename(spark, command);
    case "alterColumn":
      return alterColumn(spark, command);
    case "refusedChange":
    case "changeRows":
      mustExist(spark, command.nameParts);
      throw analysisError("UNSUPPORTED_FEATURE.TABLE_OPERATION", {
        tableName: fullNameOf(spark, command.nameParts),
        operation: command.operation,
      });
    case "addColumns":
      return addColumns(spark, command);
    case "createNamespace":
      return createNamespace(spark, command);
    case "dropNamespace":
      return dropNamespace(spark, command);
    case "use":
      return useNamespace(spark, command);
    case "createFunction":
      return createFunction(spark, command);
    case "dropFunction":
      return dropFunction(spark, command);
    case "declareVariable":
      return declareVariables(spark, command);
    case "setVariable":
      return setVariables(spark, command);
    case "dropVariable":
      return dropVariable(spark, command);
    case "cacheTable":
      return cacheTable(spark, command);
    case "uncacheTable":
      return uncacheTable(spark, command);
    case "clearCache":
      return spark.catalog.clearCache();
    case "nothing":
      return mustExist(spark, command.nameParts);
    default:
      throw sqlErrors.create("SQL_NOT_SUPPORTED", {
        what: command.kind === "unsupported" ? `The statement ${command.what}` : `The command ${command.kind}`,
      });
  }
}

/** INSERT OVERWRITE DIRECTORY: what is in the folder gives way to the query's rows. */
function insertDirectory(
  spark: SparkSession,
  { path, format, options, query }: Extract<Command, { kind: "insertDirectory" }>,
): Promise<void> {
  return writeFiles(spark, { plan: query, target: { kind: "path", path }, format, mode: "overwrite", partitionBy: [], options }, path);
}

/** A name with its catalog and schema, quoted. */
function fullNameOf(spark: SparkSession, nameParts: readonly string[]): string {
  const missing = ["spark_catalog", spark.names.currentDatabase].slice(0, Math.max(3 - nameParts.length, 0));
  return [...missing, ...nameParts].map(quoteIdentifier).join(".");
}

function mustExist(spark: SparkSession, nameParts: readonly string[]): void {
  if (nameParts.length === 0 || spark.names.relation(nameParts) !== undefined) return;
  throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}

/**
 * EXECUTE IMMEDIATE: a statement that is computed, with values for its markers; INTO puts its row into variables.
 * @throws AnalysisError INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE, and those of the statement
 */
async function executeImmediate(spark: SparkSession, command: Extract<Command, { kind: "executeImmediate" }>): Promise<DataFrame> {
  const { value, dataType } = await valueOf(spark, command.text, undefined);
  if (typeof value !== "string") {
    throw analysisError("INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE", { varType: `"${sqlType(dataType)}"` });
  }
  const positional: Expression[] = [];
  const named = new Map<string, Expression>();
  for (const { value: expression, name } of command.using) {
    const computed = await valueOf(spark, expression, undefined);
    const constant = literal(computed.value, computed.dataType);
    const key = name ?? (expression.kind === "unresolvedAttribute" ? expression.nameParts.at(-1) : undefined);
    if (key !== undefined) named.set(key.toLowerCase(), constant);
    positional.push(constant);
  }
  const context = await spark.analysisOf({ kind: "oneRow" });
  const plan = parseSQL(value, { context, parameters: { named, positional } });
  if (command.into.length > 0) {
    await setVariables(spark, { kind: "setVariable", names: command.into, value: plan });
    return spark.createRows(structType([]), []);
  }
  return plan.kind === "command" ? runCommand(spark, plan.command) : new DataFrame(spark.engine, plan);
}
