import { AnalysisError } from "@vonk/catalyst";
import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier, quoteIfNeeded } from "@vonk/columnar/internal";
import {
  mapPlanChildren,
  mapPlanExpressions,
  outputOf,
  transformDown,
  type Attribute,
  type ColumnDefinition,
  type Command,
  type LogicalPlan,
  type UnresolvedRelation,
  type ViewDefinition,
  type ViewSchema,
} from "@vonk/dataframe/internal";
import { globalTemporary, type SessionCatalog, type SessionView } from "../catalog/session-catalog.ts";
import { withTextsUnder } from "./default-collation.ts";
import { relationsOf } from "./relations-of.ts";
import type { SparkSession } from "./spark-session.ts";

/**
 * CREATE VIEW: its query is analysed at once, so that a wrong one is refused.
 * @throws AnalysisError …_ALREADY_EXISTS, RECURSIVE_VIEW, INVALID_TEMP_OBJ_REFERENCE, and those of the query
 */
export async function createView(spark: SparkSession, { view }: Extract<Command, { kind: "createView" }>): Promise<void> {
  const { names: catalog } = spark;
  const { nameParts, scope, columns } = view;
  const schemaCollation = scope === "persistent" ? catalog.database(catalog.qualified(nameParts).database)?.collation : undefined;
  const collation = view.collation ?? schemaCollation;
  const query = withTextsUnder(view.query, collation);
  const temporary = scope !== "persistent";
  const key = scope === "globalTemporary" ? [globalTemporary, nameParts.at(-1) ?? ""] : nameParts;
  if (temporary && nameParts.length > 1) throw refusedQualifier(nameParts);
  const exists = temporary ? catalog.temporaryView(key) !== undefined : persistentExists(catalog, nameParts);
  if (exists && view.ifNotExists) return;
  if (exists && !view.replace) throw alreadyExists(spark, nameParts, temporary);
  if (exists || !temporary) refuseCycle(catalog, key, query);
  if (!temporary) refuseTemporary(catalog, nameParts, query);
  const bound = temporary ? query : withSchemas(query, catalog);
  const { analyzed, schema } = await spark.executionOf(bound);
  if (analyzed.kind === "command") return;
  const own = outputOf(analyzed).map((column, index): ColumnDefinition => {
    const given = columns[index];
    return { ...columnOf(column), name: given?.name ?? column.name, ...(given?.comment === undefined ? {} : { comment: given.comment }) };
  });
  if (columns.length > 0 && columns.length !== schema.fields.length) throw wrongArity(nameParts, view, schema.fields);
  const plan = columns.length === 0 ? bound : renamed(nameParts, columns, bound);
  const common = {
    plan,
    text: view.text,
    columns: own,
    properties: view.properties,
    ...(view.comment === undefined ? {} : { comment: view.comment }),
    ...(collation === undefined ? {} : { collation }),
  };
  if (temporary) return catalog.putTemporaryView({ name: nameParts.at(-1) ?? "", ...common }, scope === "globalTemporary");
  const mode = schemaModeOf(spark, view);
  const queryColumns = schema.fields.map((field) => field.name);
  const { database, name } = catalog.qualified(nameParts);
  putPersistent(catalog, { name, database, ...common, ...mode, query: bound, queryColumns, named: columns.length > 0 });
}

/** @throws AnalysisError FEATURE_NOT_ENABLED */
function schemaModeOf({ conf }: SparkSession, { schemaMode, columns }: ViewDefinition): Pick<SessionView, "schemaMode"> {
  const standard = conf.viewSchemaMode;
  const asked = schemaMode ?? standard;
  // Names that were given are those of the columns there are.
  if (standard !== undefined && asked !== undefined)
    return { schemaMode: asked === "evolution" && columns.length > 0 ? "type evolution" : asked };
  if (schemaMode === undefined) return {};
  const configKey = "spark.sql.legacy.viewSchemaBindingMode";
  throw analysisError("FEATURE_NOT_ENABLED", { featureName: "VIEW ... WITH SCHEMA ...", configKey, configValue: "true" });
}

/** Keeps a persistent view: its plan gives the columns that it was made with, as its schema mode has it. */
function putPersistent(catalog: SessionCatalog, view: SessionView): void {
  const { query = view.plan, queryColumns = [], schemaMode: mode = "compensation", named, database = "", name } = view;
  const fullName = ["spark_catalog", database, name];
  const shown = view.columns.map((column) => quoteIfNeeded(column.name)).join(", ");
  const columns = view.columns.map(({ name: own, dataType }, index) => ({ name: own, dataType, queryName: queryColumns[index] ?? own }));
  const schema: ViewSchema = {
    name: fullName.map(quoteIdentifier).join("."),
    columns,
    mode,
    suggestion: `CREATE OR REPLACE VIEW ${fullName.map(quoteIfNeeded).join(".")}${named === true ? ` (${shown})` : ""} AS ${view.text ?? ""}`,
  };
  catalog.putView({ ...view, plan: { kind: "unresolvedOperation", operation: { kind: "view", view: schema }, child: query } });
}

/** ALTER VIEW … WITH SCHEMA. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND, EXPECT_PERMANENT_VIEW_NOT_TEMP */
export async function alterViewSchema(spark: SparkSession, command: Extract<Command, { kind: "alterViewSchema" }>): Promise<void> {
  const view = spark.names.findView(command.nameParts);
  if (view === undefined) throw notFound(command.nameParts);
  if (view.database === undefined) {
    const viewName = command.nameParts.map(quoteIdentifier).join(".");
    throw analysisError("EXPECT_PERMANENT_VIEW_NOT_TEMP", { viewName, operation: "ALTER VIEW ... WITH SCHEMA" });
  }
  const columns = await currentColumns(spark, view);
  putPersistent(spark.names, { ...view, columns, schemaMode: command.schemaMode });
}

/** The columns of a view: those that it was made with, or where it follows its tables those that they give it now. */
export async function currentColumns(spark: SparkSession, view: SessionView): Promise<readonly ColumnDefinition[]> {
  if (view.schemaMode !== "evolution" && view.schemaMode !== "type evolution") return view.columns;
  try {
    const { analyzed } = await spark.executionOf({ ...view.plan });
    return outputOf(analyzed).map((column): ColumnDefinition => {
      const known = view.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
      return { ...columnOf(column), ...(known?.comment === undefined ? {} : { comment: known.comment }) };
    });
  } catch (error) {
    // Its tables do not have its columns any more: it is what it was.
    if (error instanceof AnalysisError) return view.columns;
    throw error;
  }
}

/** A column of a query as a table would have it, with the comment of the table's column that it is. */
function columnOf({ name, dataType, nullable, metadata }: Attribute): ColumnDefinition {
  const comment = metadata?.["comment"];
  return { name, dataType, nullable, ...(typeof comment === "string" ? { comment } : {}) };
}

function renamed(nameParts: readonly string[], columns: ViewDefinition["columns"], child: LogicalPlan): LogicalPlan {
  return { kind: "subqueryAlias", alias: [nameParts.at(-1) ?? ""], columnNames: columns.map((column) => column.name), child };
}

function persistentExists(catalog: SessionCatalog, nameParts: readonly string[]): boolean {
  const { database, name } = catalog.qualified(nameParts);
  const parts = [database, name];
  return catalog.table(parts) !== undefined || catalog.findView(["spark_catalog", ...parts]) !== undefined;
}

function alreadyExists(spark: SparkSession, nameParts: readonly string[], temporary: boolean): Error {
  if (temporary) {
    return analysisError("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: quoteIdentifier(nameParts.at(-1) ?? "") });
  }
  return analysisError("TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: fullName(spark.names, nameParts) });
}

function fullName(catalog: SessionCatalog, nameParts: readonly string[]): string {
  const { database, name } = catalog.qualified(nameParts);
  return ["spark_catalog", database, name].map(quoteIdentifier).join(".");
}

function refusedQualifier(nameParts: readonly string[]): Error {
  return analysisError("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", { actualName: nameParts.map(quoteIdentifier).join(".") });
}

function wrongArity(nameParts: readonly string[], view: ViewDefinition, fields: readonly { readonly name: string }[]): Error {
  const few = fields.length < view.columns.length;
  return analysisError(`CREATE_VIEW_COLUMN_ARITY_MISMATCH.${few ? "NOT_ENOUGH" : "TOO_MANY"}_DATA_COLUMNS`, {
    viewName: nameParts.map(quoteIdentifier).join("."),
    viewColumns: view.columns.map((column) => quoteIdentifier(column.name)).join(", "),
    dataColumns: fields.map((field) => quoteIdentifier(field.name)).join(", "),
  });
}

/** A view must not, through others, refer to itself. @throws AnalysisError RECURSIVE_VIEW */
function refuseCycle(catalog: SessionCatalog, key: readonly string[], query: LogicalPlan): void {
  const own = catalog.findView(key);
  const identity = (view: SessionView): string => `${view.database ?? ""}.${view.name.toLowerCase()}`;
  const { name } = catalog.qualified(key);
  const wanted = own === undefined ? undefined : identity(own);
  const visit = (plan: LogicalPlan, path: readonly string[]): void => {
    for (const reference of relationsOf(plan)) {
      const view = catalog.findView(reference.nameParts);
      if (view === undefined) continue;
      if (identity(view) === wanted) {
        const viewIdent = quoteIdentifier(name);
        throw analysisError("RECURSIVE_VIEW", { viewIdent, newPath: [viewIdent, ...path, viewIdent].join(" -> ") });
      }
      if (path.length < viewDepthMax) visit(view.plan, [...path, quoteIdentifier(view.name)]);
    }
  };
  visit(query, []);
}

/** As Spark's `spark.sql.view.maxNestedViewDepth`. */
const viewDepthMax = 100;

/** A persistent view outlives the session, so it must not use what ends with it. @throws AnalysisError INVALID_TEMP_OBJ_REFERENCE */
function refuseTemporary(catalog: SessionCatalog, nameParts: readonly string[], query: LogicalPlan): void {
  const temporary = relationsOf(query).find((reference) => catalog.temporaryView(reference.nameParts) !== undefined);
  if (temporary === undefined) return;
  throw analysisError("INVALID_TEMP_OBJ_REFERENCE", {
    obj: "VIEW",
    objName: fullName(catalog, nameParts),
    tempObj: "VIEW",
    tempObjName: temporary.nameParts.map(quoteIdentifier).join("."),
  });
}

/** Names of tables with the schema that they are in now, which is what they mean wherever the view is used. */
function withSchemas(plan: LogicalPlan, catalog: SessionCatalog): LogicalPlan {
  const change = (reference: UnresolvedRelation): UnresolvedRelation => {
    const { database, name } = catalog.qualified(reference.nameParts);
    const known = catalog.table([database, name]) ?? catalog.findView(["spark_catalog", database, name]);
    return reference.nameParts.length === 1 && known !== undefined
      ? { ...reference, nameParts: ["spark_catalog", database, name] }
      : reference;
  };
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === "unresolvedRelation") return change(node);
    // Names of common tables come first, and only the analyzer knows which they are.
    if (node.kind === "unresolvedWith") return node;
    return mapPlanExpressions(mapPlanChildren(node, visit), (expression) =>
      transformDown(expression, (inner) => (inner.kind === "subquery" ? { ...inner, plan: visit(inner.plan) } : inner)),
    );
  };
  return visit(plan);
}

/** ALTER VIEW … AS: another query under the same name. */
export async function alterViewQuery(spark: SparkSession, command: Extract<Command, { kind: "alterViewQuery" }>): Promise<void> {
  const { nameParts, text, query } = command;
  const known = spark.names.findView(nameParts);
  if (known === undefined) throw notFound(nameParts);
  const scope = known.database === undefined ? "temporary" : "persistent";
  const view: ViewDefinition = {
    nameParts: known.database === undefined ? [known.name] : nameParts,
    scope,
    columns: [],
    properties: known.properties ?? {},
    ifNotExists: false,
    replace: true,
    text,
    query,
    ...(known.collation === undefined ? {} : { collation: known.collation }),
    ...(known.schemaMode === undefined ? {} : { schemaMode: known.schemaMode }),
  };
  await createView(spark, { kind: "createView", view });
}

/** DROP VIEW. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function dropView(spark: SparkSession, { nameParts, ifExists }: Extract<Command, { kind: "dropView" }>): void {
  if (spark.names.dropView(nameParts) || ifExists) return;
  throw notFound(nameParts);
}

function notFound(nameParts: readonly string[]): Error {
  return analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}
