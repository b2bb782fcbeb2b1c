import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier, sameType, sqlType, type SQLRow, type SQLValue } from "@vonk/columnar/internal";
import type { ColumnDefinition, Command, LogicalPlan } from "@vonk/dataframe/internal";
import { conversion, type SessionValues } from "@vonk/expression/internal";
import type { SessionTable } from "../catalog/session-catalog.ts";

import { withDefaultCollation } from "./default-collation.ts";
import { unknownColumn } from "./describe-command.ts";
import { insertIntoFiles } from "./insert-into-files.ts";
import type { SparkSession } from "./spark-session.ts";

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

/** CREATE TABLE, with the rows of its query. @throws AnalysisError TABLE_OR_VIEW_ALREADY_EXISTS */
export async function createTable(spark: SparkSession, { table }: CommandOf<"createTable">): Promise<void> {
  const { names: catalog } = spark;
  const { nameParts, query } = table;
  const { database, name } = catalog.qualified(nameParts);
  const exists = catalog.table(nameParts) !== undefined || catalog.findView(["spark_catalog", database, name]) !== undefined;
  if (exists && table.ifNotExists) return;
  if (exists && !table.replace) throw analysisError("TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: tableName(spark, nameParts) });
  if (catalog.database(database) === undefined) {
    throw analysisError("SCHEMA_NOT_FOUND", { schemaName: ["spark_catalog", database].map(quoteIdentifier).join(".") });
  }
  const partitionColumns = table.partitionBy.flatMap((item) => (item.kind === "unresolvedAttribute" ? item.nameParts : []));
  const common = {
    name,
    database,
    properties: table.properties,
    partitionColumns,
    format: table.format ?? "parquet",
    ...(table.comment === undefined ? {} : { comment: table.comment }),
  };
  const collation = table.collation ?? catalog.database(database)?.collation;
  const declared = table.columns.map((column) => ({ ...column, dataType: withDefaultCollation(column.dataType, collation) }));
  if (query === undefined) return catalog.putTable({ ...common, columns: declared, rows: [] });
  const { columns, rows } = await rowsOf(spark, query);
  catalog.putTable({ ...common, columns, rows });
}

/** ALTER … SET and UNSET TBLPROPERTIES; null takes a property away. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function setProperties(spark: SparkSession, { nameParts, properties }: CommandOf<"setProperties">): void {
  const { names: catalog } = spark;
  const view = catalog.findView(nameParts);
  const table = view === undefined ? tableOf(spark, nameParts) : undefined;
  const { comment, ...others } = properties;
  const kept = Object.entries({ ...(view ?? table)?.properties, ...others }).filter((pair): pair is [string, string] => pair[1] !== null);
  const changes = { properties: Object.fromEntries(kept), ...(comment === undefined || comment === null ? {} : { comment }) };
  const { comment: before, ...rest } = (view ?? table) as SessionTable;
  const base = comment === null || before === undefined ? rest : { ...rest, comment: before };
  if (table !== undefined) catalog.putTable({ ...base, ...changes });
  else if (view !== undefined && view.database !== undefined) catalog.putView({ ...view, ...changes });
  else if (view !== undefined) catalog.putTemporaryView({ ...view, ...changes }, false);
}

/** COMMENT ON. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function commentOn(spark: SparkSession, { what, nameParts, comment }: CommandOf<"commentOn">): void {
  if (what === "table") return spark.names.putTable({ ...tableOf(spark, nameParts), comment });
  const known = spark.names.database(nameParts.at(-1) ?? "");
  if (known === undefined) throw analysisError("SCHEMA_NOT_FOUND", { schemaName: nameParts.map(quoteIdentifier).join(".") });
  spark.names.putDatabase({ ...known, comment });
}

/** ALTER TABLE … ADD COLUMNS: rows that are there have nulls. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function addColumns(spark: SparkSession, { nameParts, columns }: CommandOf<"addColumns">): void {
  const table = tableOf(spark, nameParts);
  const nulls = columns.map(() => null);
  spark.names.putTable({ ...table, columns: [...table.columns, ...columns], rows: table.rows.map((row) => [...row, ...nulls]) });
}

/** ALTER TABLE and ALTER VIEW … RENAME TO. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND, TABLE_OR_VIEW_ALREADY_EXISTS */
export function rename(spark: SparkSession, { what, nameParts, to }: CommandOf<"rename">): void {
  const { names: catalog } = spark;
  const view = catalog.findView(nameParts);
  if (what === "TABLE" && view === undefined) tableOf(spark, nameParts);
  if (what === "VIEW" && view === undefined) throw notFound(nameParts);
  const qualified = to.length === 1 ? [catalog.qualified(nameParts).database, ...to] : to;
  if (catalog.table(qualified) !== undefined || catalog.findView(qualified) !== undefined) {
    throw analysisError("TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: tableName(spark, qualified) });
  }
  if (view === undefined || view.database !== undefined) return catalog.rename(nameParts, qualified);
  catalog.dropView(nameParts);
  catalog.putTemporaryView({ ...view, name: to.at(-1) ?? "" }, false);
}

/** ALTER TABLE … ALTER COLUMN: another comment. @throws AnalysisError UNRESOLVED_COLUMN.WITH_SUGGESTION, NOT_SUPPORTED_CHANGE_COLUMN */
export function alterColumn(spark: SparkSession, command: CommandOf<"alterColumn">): void {
  const table = tableOf(spark, command.nameParts);
  const known = table.columns.find((column) => column.name.toLowerCase() === command.column.toLowerCase());
  if (known === undefined) throw unknownColumn(command.column, table.columns);
  const { newName = known.name, dataType = known.dataType, comment } = command;
  if (newName.toLowerCase() !== known.name.toLowerCase() || !sameType(dataType, known.dataType, { ignoreNullability: true })) {
    throw analysisError("NOT_SUPPORTED_CHANGE_COLUMN", {
      table: tableName(spark, command.nameParts),
      originName: quoteIdentifier(known.name),
      originType: `"${sqlType(known.dataType)}"`,
      newName: quoteIdentifier(newName),
      newType: `"${sqlType(dataType)}"`,
    });
  }
  const columns = table.columns.map((column) => (column === known && comment !== undefined ? { ...column, comment } : column));
  spark.names.putTable({ ...table, columns });
}

/** DROP TABLE: of a table that is kept in files, the files too. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export async function dropTable(spark: SparkSession, { nameParts, ifExists }: CommandOf<"dropTable">): Promise<void> {
  if (spark.names.dropTable(nameParts) || (await spark.warehouse.drop(nameParts)) || ifExists) return;
  throw notFound(nameParts);
}

/** INSERT: rows in the types of the table's columns. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND, INSERT_COLUMN_ARITY_MISMATCH… */
export async function insertRows(spark: SparkSession, command: CommandOf<"insert">): Promise<void> {
  const { nameParts, overwrite, query } = command;
  if (spark.names.table(nameParts) === undefined && (await spark.warehouse.find(nameParts)) !== undefined) {
    return insertIntoFiles(spark, nameParts, query, overwrite ? "overwrite" : "append");
  }
  const table = tableOf(spark, nameParts);
  const { columns, rows } = await rowsOf(spark, query);
  const targets = targetsOf(table, command, columns);
  checkArity(spark, table, targets, columns);
  const defaults = await Promise.all(table.columns.map((column) => defaultValue(spark, column)));
  const { session } = spark.executionContext();
  const converted = table.columns.map((column) => {
    const from = targets.indexOf(column.name.toLowerCase());
    const source = columns[from]?.dataType;
    const same = source === undefined || sameType(source, column.dataType, { ignoreNullability: true });
    const convert = same ? undefined : conversion(source, column.dataType, { mode: "ansi", session });
    return { from, convert, constant: constantOf(command, column, session) };
  });
  const added = rows.map((row) =>
    converted.map(({ from, convert, constant }, index): SQLValue => {
      if (from < 0) return constant ?? defaults[index] ?? null;
      const value = row[from] ?? null;
      return value === null || convert === undefined ? value : convert(value);
    }),
  );
  spark.names.putTable({ ...table, rows: overwrite ? added : [...table.rows, ...added] });
}

/** TRUNCATE TABLE. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function truncateTable(spark: SparkSession, { nameParts }: CommandOf<"truncateTable">): void {
  spark.names.putTable({ ...tableOf(spark, nameParts), rows: [] });
}

/** The table's columns that the query's columns go to, in the query's order, in lower case. */
function targetsOf(table: SessionTable, command: CommandOf<"insert">, data: readonly ColumnDefinition[]): string[] {
  const given = command.byName ? data.map((column) => column.name) : command.columns;
  if (given.length > 0) return given.map((name) => name.toLowerCase());
  const fixed = new Set(Object.entries(command.partition).flatMap(([name, value]) => (value === null ? [] : [name.toLowerCase()])));
  return table.columns.map((column) => column.name.toLowerCase()).filter((name) => !fixed.has(name));
}

function checkArity(spark: SparkSession, table: SessionTable, targets: readonly string[], data: readonly ColumnDefinition[]): void {
  if (targets.length === data.length) return;
  const code = data.length < targets.length ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS";
  throw analysisError(`INSERT_COLUMN_ARITY_MISMATCH.${code}`, {
    tableName: tableName(spark, [table.database ?? "default", table.name]),
    tableColumns: targets.map(quoteIdentifier).join(", "),
    dataColumns: data.map((column) => quoteIdentifier(column.name)).join(", "),
  });
}

/** The value that PARTITION (name = value) gives a column. */
function constantOf(command: CommandOf<"insert">, column: ColumnDefinition, session: SessionValues): SQLValue | undefined {
  const [, literal] = Object.entries(command.partition).find(([name]) => name.toLowerCase() === column.name.toLowerCase()) ?? [];
  if (literal?.kind !== "literal" || literal.value === null) return undefined;
  if (sameType(literal.dataType, column.dataType, { ignoreNullability: true })) return literal.value;
  return conversion(literal.dataType, column.dataType, { mode: "ansi", session })?.(literal.value);
}

async function defaultValue(spark: SparkSession, column: ColumnDefinition): Promise<SQLValue> {
  if (column.defaultText === undefined) return null;
  const { columns, rows } = await rowsOf(spark, (await spark.sql(`SELECT ${column.defaultText}`)).plan);
  const value = rows[0]?.[0] ?? null;
  const [source] = columns;
  if (value === null || source === undefined || sameType(source.dataType, column.dataType, { ignoreNullability: true })) return value;
  return conversion(source.dataType, column.dataType, { mode: "ansi", session: spark.executionContext().session })?.(value) ?? null;
}

async function rowsOf(
  spark: SparkSession,
  query: LogicalPlan,
): Promise<{ readonly columns: readonly ColumnDefinition[]; readonly rows: readonly SQLRow[] }> {
  const execution = await spark.executionOf(query);
  const { schema } = execution;
  const rows = await execution.collect(spark.executionContext());
  return { columns: schema.fields.map(({ name, dataType }) => ({ name, dataType, nullable: true })), rows };
}

function tableOf(spark: SparkSession, nameParts: readonly string[]): SessionTable {
  const table = spark.names.table(nameParts);
  if (table === undefined) throw notFound(nameParts);
  return table;
}

function notFound(nameParts: readonly string[]): Error {
  return analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}

function tableName(spark: SparkSession, nameParts: readonly string[]): string {
  const { database, name } = spark.names.qualified(nameParts);
  return ["spark_catalog", database, name].map(quoteIdentifier).join(".");
}
