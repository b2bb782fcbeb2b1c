import { analysisError } from "@vonk/catalyst/internal";
import { booleanType, quoteIdentifier, stringType, structType, type DataType, type StructType } from "@vonk/columnar/internal";
import type { Command } from "@vonk/dataframe/internal";
import type { DataFrame } from "@vonk/dataframe";
import type { SparkSession } from "./spark-session.ts";

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

/** CREATE SCHEMA. @throws AnalysisError SCHEMA_ALREADY_EXISTS */
export function createNamespace({ names: catalog }: SparkSession, command: CommandOf<"createNamespace">): void {
  const { nameParts, ifNotExists, comment, location, collation, properties } = command;
  const name = nameParts.at(-1) ?? "";
  if (catalog.database(name) !== undefined) {
    if (ifNotExists) return;
    throw analysisError("SCHEMA_ALREADY_EXISTS", { schemaName: quoteIdentifier(name) });
  }
  catalog.putDatabase({
    name,
    properties,
    ...(comment === undefined ? {} : { comment }),
    ...(location === undefined ? {} : { location }),
    ...(collation === undefined ? {} : { collation }),
  });
}

/** DROP SCHEMA. @throws AnalysisError SCHEMA_NOT_FOUND, SCHEMA_NOT_EMPTY */
export function dropNamespace(spark: SparkSession, { nameParts, ifExists, cascade }: CommandOf<"dropNamespace">): void {
  const { names: catalog } = spark;
  const name = nameParts.at(-1) ?? "";
  if (catalog.database(name) === undefined) {
    if (ifExists) return;
    throw notFound(nameParts);
  }
  if (!cascade && catalog.entriesOf(name).length > 0) throw analysisError("SCHEMA_NOT_EMPTY", { schemaName: quoteIdentifier(name) });
  catalog.dropDatabase(name);
}

/** USE. @throws AnalysisError SCHEMA_NOT_FOUND */
export function useNamespace({ names: catalog }: SparkSession, { nameParts }: CommandOf<"use">): void {
  const own = nameParts.length > 1 || nameParts[0]?.toLowerCase() !== "spark_catalog" ? nameParts.at(-1) : "default";
  const known = catalog.database(own ?? "");
  if (known === undefined) throw notFound(nameParts);
  catalog.currentDatabase = known.name;
}

function notFound(nameParts: readonly string[]): Error {
  const parts = nameParts.length === 1 ? ["spark_catalog", ...nameParts] : nameParts;
  return analysisError("SCHEMA_NOT_FOUND", { schemaName: parts.map(quoteIdentifier).join(".") });
}

function columns(...fields: readonly (readonly [name: string, dataType: DataType])[]): StructType {
  return structType(fields.map(([name, dataType]) => ({ name, dataType, nullable: false })));
}

/** True when a name fits a pattern of SHOW: `*` is anything, `|` or, letters in any case. */
export function fits(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return pattern.split("|").some((part) => {
    const expression = part
      .trim()
      .split("*")
      .map((piece) => RegExp.escape(piece))
      .join(".*");
    return new RegExp(`^${expression}$`, "i").test(name);
  });
}

/** SHOW TABLES and SHOW VIEWS: those of a schema, and the temporary views. */
export function showTables(spark: SparkSession, { kind, namespace, pattern }: CommandOf<"showTables"> | CommandOf<"showViews">): DataFrame {
  const { names: catalog } = spark;
  const database = namespace.at(-1) ?? catalog.currentDatabase;
  const views = kind === "showViews";
  const isGlobal = database.toLowerCase() === "global_temp";
  if (!isGlobal && catalog.database(database) === undefined) throw notFound(namespace);
  const persistent = catalog
    .entriesOf(database)
    .filter((entry) => entry.isView || !views)
    .map((entry) => [database, entry.name, false] as const);
  const global = isGlobal ? catalog.globalViewNames.map((name) => [database, name, true] as const) : [];
  const temporary = catalog.viewNames.map((name) => ["", name, true] as const);
  const rows = [...persistent, ...global, ...temporary].filter(([, name]) => fits(name, pattern));
  const schema = columns(["namespace", stringType], [views ? "viewName" : "tableName", stringType], ["isTemporary", booleanType]);
  return spark.createRows(schema, rows);
}

/** SHOW SCHEMAS. */
export function showNamespaces(spark: SparkSession, { pattern }: CommandOf<"showNamespaces">): DataFrame {
  const names = spark.names.databaseNames.filter((name) => fits(name, pattern));
  return spark.createRows(
    columns(["namespace", stringType]),
    names.map((name) => [name]),
  );
}

/** SHOW CURRENT SCHEMA. */
export function showCurrentNamespace(spark: SparkSession): DataFrame {
  return spark.createRows(columns(["catalog", stringType], ["namespace", stringType]), [["spark_catalog", spark.names.currentDatabase]]);
}

/** DESCRIBE SCHEMA. @throws AnalysisError SCHEMA_NOT_FOUND */
export function describeNamespace(spark: SparkSession, { nameParts, extended }: CommandOf<"describeNamespace">): DataFrame {
  const known = spark.names.database(nameParts.at(-1) ?? "");
  if (known === undefined) throw notFound(nameParts);
  const properties = Object.entries(known.properties)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `(${key},${value})`);
  const rows = [
    ["Catalog Name", "spark_catalog"],
    ["Namespace Name", known.name],
    ["Comment", known.comment ?? ""],
    ["Location", known.location ?? ""],
    ["Owner", ""],
    ...(extended ? [["Properties", properties.length === 0 ? "" : `(${properties.join(", ")})`]] : []),
  ];
  return spark.createRows(columns(["info_name", stringType], ["info_value", stringType]), rows);
}
