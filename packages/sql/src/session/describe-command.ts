import { analysisError } from "@vonk/catalyst/internal";
import { catalogString, quoteIdentifier, stringType, structType } from "@vonk/columnar/internal";
import type { ColumnDefinition, Command } from "@vonk/dataframe/internal";
import type { SessionTable, SessionView } from "../catalog/session-catalog.ts";
import type { DataFrame } from "@vonk/dataframe";
import { currentColumns } from "./view-command.ts";
import type { SparkSession } from "./spark-session.ts";

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;
type DescribedRow = readonly [name: string, dataType: string, comment: string | null];

const described = structType([
  { name: "col_name", dataType: stringType, nullable: false },
  { name: "data_type", dataType: stringType, nullable: false },
  { name: "comment", dataType: stringType, nullable: true },
]);

function columnRows(columns: readonly ColumnDefinition[]): DescribedRow[] {
  return columns.map(({ name, dataType, comment }) => [name, catalogString(dataType), comment ?? null]);
}

/** DESCRIBE QUERY. */
export async function describeQuery(spark: SparkSession, { query }: CommandOf<"describeQuery">): Promise<DataFrame> {
  const { schema } = await spark.executionOf(query);
  return spark.createRows(described, columnRows(schema.fields));
}

/** DESCRIBE TABLE: columns, partition columns, and with EXTENDED what is known of the table. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export async function describeTable(spark: SparkSession, { nameParts, extended }: CommandOf<"describeTable">): Promise<DataFrame> {
  const { view: found, table } = find(spark, nameParts);
  const view = found === undefined ? undefined : { ...found, columns: await currentColumns(spark, found) };
  const columns = view?.columns ?? table?.columns ?? [];
  const details = extended ? detailsOf(spark, view, table) : [];
  const rows: DescribedRow[] = [...columnRows(columns), ...partitionRows(table), ...details];
  return spark.createRows(described, rows);
}

function find(spark: SparkSession, nameParts: readonly string[]): { readonly view?: SessionView; readonly table?: SessionTable } {
  const view = spark.names.findView(nameParts);
  if (view !== undefined) return { view };
  const table = spark.names.table(nameParts);
  if (table !== undefined) return { table };
  throw analysisError("TABLE_OR_VIEW_NOT_FOUND", { relationName: nameParts.map(quoteIdentifier).join(".") });
}

function partitionRows(table: SessionTable | undefined): DescribedRow[] {
  const names = table?.partitionColumns ?? [];
  if (names.length === 0) return [];
  const columns = names.flatMap((name) => table?.columns.filter((column) => column.name.toLowerCase() === name.toLowerCase()) ?? []);
  return [["# Partition Information", "", ""], ["# col_name", "data_type", "comment"], ...columnRows(columns)];
}

/** The rows of EXTENDED; temporary views have none. Times are not kept, so that they are empty. */
export function detailsOf(spark: SparkSession, view: SessionView | undefined, table: SessionTable | undefined): DescribedRow[] {
  const database = view === undefined ? (table?.database ?? "default") : view.database;
  if (database === undefined) return [];
  const rows: [string, string][] = [
    ["", ""],
    ["# Detailed Table Information", ""],
    ["Catalog", "spark_catalog"],
    ["Database", database],
    ["Table", view?.name ?? table?.name ?? ""],
    ["Created Time", ""],
    ["Last Access", ""],
    ["Created By", ""],
    ["Type", view === undefined ? "MANAGED" : "VIEW"],
  ];
  const comment = view?.comment ?? table?.comment;
  if (table?.format !== undefined) rows.push(["Provider", table.format.toLowerCase()]);
  if (comment !== undefined) rows.push(["Comment", comment]);
  const properties = Object.entries(view?.properties ?? table?.properties ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (properties.length > 0) rows.push(["Table Properties", `[${properties.map(([key, value]) => `${key}=${value}`).join(", ")}]`]);
  if (view !== undefined) {
    const text = view.text ?? "";
    rows.push(["View Text", text], ["View Original Text", text]);
    if (spark.conf.viewSchemaMode !== undefined) rows.push(["View Schema Mode", (view.schemaMode ?? "binding").toUpperCase()]);
    rows.push(["View Catalog and Namespace", `spark_catalog.${database}`]);
    const names = view.named === true || view.schemaMode !== "evolution" ? view.queryColumns : undefined;
    const columns = names ?? view.columns.map((column) => column.name);
    rows.push(["View Query Output Columns", `[${columns.map(quoteIdentifier).join(", ")}]`]);
  } else rows.push(["Location", locationOf(spark, database, table?.name ?? "")]);
  return rows.map(([name, value]) => [name, value, ""]);
}

/** Where a table would be kept. */
function locationOf(spark: SparkSession, database: string, name: string): string {
  const folder = database === "default" ? "" : `${database}.db/`;
  return `file:${spark.conf.get("spark.sql.warehouse.dir") ?? ""}/${folder}${name}`;
}

/** DESCRIBE of one column. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND, UNRESOLVED_COLUMN.WITH_SUGGESTION */
export function describeColumn(spark: SparkSession, { nameParts, column, extended }: CommandOf<"describeColumn">): DataFrame {
  const { view, table } = find(spark, nameParts);
  const columns = view?.columns ?? table?.columns ?? [];
  const known = columns.find((item) => item.name.toLowerCase() === column.toLowerCase());
  if (known === undefined) throw unknownColumn(column, columns);
  const rows: [string, string][] = [
    ["col_name", known.name],
    ["data_type", catalogString(known.dataType)],
    ["comment", known.comment ?? "NULL"],
    ...(extended ? statisticNames.map((name): [string, string] => [name, "NULL"]) : []),
  ];
  const field = (name: string): { name: string; dataType: typeof stringType; nullable: boolean } => ({
    name,
    dataType: stringType,
    nullable: false,
  });
  return spark.createRows(structType([field("info_name"), field("info_value")]), rows);
}

const statisticNames = ["min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len", "histogram"];

/** There is no column of the name. */
export function unknownColumn(column: string, columns: readonly ColumnDefinition[]): Error {
  const proposal = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  return analysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", { objectName: quoteIdentifier(column), proposal });
}

const name = { name: "col_name", dataType: stringType, nullable: false };

/** SHOW COLUMNS. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function showColumns(spark: SparkSession, { nameParts }: CommandOf<"showColumns">): DataFrame {
  const { view, table } = find(spark, nameParts);
  const columns = view?.columns ?? table?.columns ?? [];
  return spark.createRows(
    structType([name]),
    columns.map((column) => [column.name]),
  );
}

/** SHOW TBLPROPERTIES: all of them, or one by its key. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
export function showTableProperties(spark: SparkSession, { nameParts, key }: CommandOf<"showTableProperties">): DataFrame {
  const { view, table } = find(spark, nameParts);
  const properties = view?.properties ?? table?.properties ?? {};
  const field = (field: string): { name: string; dataType: typeof stringType; nullable: boolean } => ({
    name: field,
    dataType: stringType,
    nullable: false,
  });
  const schema = structType([field("key"), field("value")]);
  const { database, name: table_ } = spark.names.qualified(nameParts);
  if (key === undefined) {
    const all = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return spark.createRows(
      schema,
      all.map((pair) => [...pair]),
    );
  }
  const missing = `Table spark_catalog.${database}.${table_} does not have property: ${key}`;
  return spark.createRows(schema, [[key, properties[key] ?? missing]]);
}
