import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier, quoteIfNeeded, sqlType, stringType, structType, type DataType } from "@vonk/columnar/internal";
import type { DataFrame } from "@vonk/dataframe";
import type { ColumnDefinition, Command } from "@vonk/dataframe/internal";
import type { SessionTable, SessionView } from "../catalog/session-catalog.ts";
import { detailsOf } from "./describe-command.ts";
import { fits } from "./namespace-command.ts";
import type { SparkSession } from "./spark-session.ts";

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

/** SHOW CREATE TABLE: a statement that makes the table or view again. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function showCreateTable(spark: SparkSession, { nameParts }: CommandOf<"showCreateTable">): DataFrame {
  const schema = structType([{ name: "createtab_stmt", dataType: stringType, nullable: false }]);
  const view = spark.names.findView(nameParts);
  const table = spark.names.table(nameParts);
  if (view?.database !== undefined) return spark.createRows(schema, [[createViewText(spark, view, view.database)]]);
  if (view === undefined && table !== undefined) return spark.createRows(schema, [[createTableText(table)]]);
  throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}

function createTableText(table: SessionTable): string {
  const columns = table.columns.map((column) => {
    const required = column.nullable ? "" : " NOT NULL";
    const value = column.defaultText === undefined ? "" : ` DEFAULT ${column.defaultText}`;
    return `${quoteIfNeeded(column.name)} ${typeText(column.dataType)}${required}${value}${commentText(column)}`;
  });
  const partitions = table.partitionColumns ?? [];
  return [
    `CREATE TABLE ${["spark_catalog", table.database ?? "default", table.name].map(quoteIfNeeded).join(".")} (${listed(columns)})`,
    `USING ${table.format ?? "parquet"}`,
    ...(partitions.length === 0 ? [] : [`PARTITIONED BY (${partitions.map(quoteIfNeeded).join(", ")})`]),
    ...clauses(table),
  ].join("\n");
}

function createViewText({ conf }: SparkSession, view: SessionView, database: string): string {
  const columns = view.columns.map((column) => `${quoteIfNeeded(column.name)}${commentText(column)}`);
  return [
    `CREATE VIEW ${[database, view.name].map(quoteIfNeeded).join(".")} (${listed(columns)})`,
    ...clauses(view),
    ...(conf.viewSchemaMode === undefined ? [] : [`WITH SCHEMA ${(view.schemaMode ?? "binding").toUpperCase()}`]),
    `AS ${view.text ?? ""}`,
  ].join("\n");
}

function clauses({ comment, properties = {} }: Pick<SessionTable, "comment" | "properties">): string[] {
  const pairs = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const shown = pairs.map(([key, value]) => `'${escaped(key)}' = '${escaped(value)}'`);
  return [
    ...(comment === undefined ? [] : [`COMMENT '${escaped(comment)}'`]),
    ...(shown.length === 0 ? [] : [`TBLPROPERTIES (${listed(shown)})`]),
  ];
}

function listed(items: readonly string[]): string {
  return `\n  ${items.join(",\n  ")}`;
}

function commentText({ comment }: ColumnDefinition): string {
  return comment === undefined ? "" : ` COMMENT '${escaped(comment)}'`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}

/** A column's type: tables say of texts how they compare, also where it is by their bytes. */
function typeText(type: DataType): string {
  return sqlType(type).replaceAll(/\bSTRING\b(?! COLLATE)/g, "STRING COLLATE UTF8_BINARY");
}

/** SHOW TABLE EXTENDED: what DESCRIBE tells of the tables and views that fit a pattern. @throws AnalysisError SCHEMA_NOT_FOUND */
export function showTableExtended(spark: SparkSession, { namespace, pattern }: CommandOf<"showTableExtended">): DataFrame {
  const { names: catalog } = spark;
  const database = (namespace.at(-1) ?? catalog.currentDatabase).toLowerCase();
  if (catalog.database(database) === undefined) {
    throw analysisError("SCHEMA_NOT_FOUND", { schemaName: ["spark_catalog", database].map(quoteIdentifier).join(".") });
  }
  const persistent = catalog.entriesOf(database).map(({ name }) => [database, name, false, [database, name]] as const);
  const temporary = catalog.viewNames.map((name) => ["", name, true, [name]] as const);
  const rows = [...persistent, ...temporary]
    .filter(([, name]) => fits(name, pattern))
    .map(([schema, name, isTemporary, parts]) => [schema, name, isTemporary, informationOf(spark, parts, isTemporary)]);
  const field = (name: string): { name: string; dataType: DataType; nullable: boolean } => ({
    name,
    dataType: stringType,
    nullable: false,
  });
  const isTemporary = { name: "isTemporary", dataType: { kind: "boolean" } as const, nullable: false };
  return spark.createRows(structType([field("namespace"), field("tableName"), isTemporary, field("information")]), rows);
}

function informationOf(spark: SparkSession, parts: readonly string[], isTemporary: boolean): string {
  const view = isTemporary ? spark.names.temporaryView(parts) : spark.names.findView(["spark_catalog", ...parts]);
  const table = view === undefined ? spark.names.table(parts) : undefined;
  const details = isTemporary && view !== undefined ? temporaryDetails(spark, view) : detailsOf(spark, view, table).slice(2);
  const lines = details.map(([name, value]) => `${name}: ${value}`);
  return [...lines, schemaTree(view?.columns ?? table?.columns ?? [])].join("\n");
}

function temporaryDetails(spark: SparkSession, view: SessionView): (readonly [string, string])[] {
  const names = view.columns.map((column) => quoteIdentifier(column.name)).join(", ");
  return [
    ["Table", view.name],
    ["Created Time", ""],
    ["Last Access", ""],
    ["Created By", ""],
    ["Type", "VIEW"],
    ["View Text", view.text ?? ""],
    ...(spark.conf.viewSchemaMode === undefined ? [] : [["View Schema Mode", "BINDING"] as const]),
    ["View Catalog and Namespace", `spark_catalog.${spark.names.currentDatabase}`],
    ["View Query Output Columns", `[${names}]`],
  ];
}

function schemaTree(columns: readonly ColumnDefinition[]): string {
  const lines = columns.map(({ name, dataType, nullable }) => ` |-- ${name}: ${dataType.kind} (nullable = ${nullable})`);
  return `Schema: root\n${lines.join("\n")}\n\n`;
}
