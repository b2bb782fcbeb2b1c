import { sameType, structField, structType, type DataType, type SQLRow, type SQLValue, type StructField } from "@vonk/columnar/internal";
import { dateType, doubleType, integerType, longType, stringType } from "@vonk/columnar/internal";
import { boundReference, transformDown, type Expression } from "@vonk/dataframe/internal";
import { compileExpression, conversion, parseDate, type SessionValues } from "@vonk/expression/internal";
import { expandPaths, hasGlob, parentOf, type FileSystemLookup } from "@vonk/filesystem/internal";
import { sqlErrors } from "../errors.ts";
import type { FileFormat } from "./find-format.ts";
import { partitionValues } from "./partition-path.ts";
import type { Scan, Table } from "./table.ts";

/** A folder of files, and what its path says of some columns. */
interface Leaf {
  readonly folder: string;
  readonly values: readonly (readonly [name: string, value: string | null])[];
}

/** A partition of one leaf, for the reader that puts the folder's values beside its rows. */
export interface LeafPart {
  readonly leaf: number;
  readonly part: unknown;
}

/** Where a wanted column comes from: a position in the leaf's rows, or the folder's name. */
export type LeafColumn = { readonly at: number } | { readonly constant: SQLValue; readonly dataType: DataType };

/** What tasks need: a reader a leaf, and for each wanted column where it comes from. */
export interface LeavesPlan {
  readonly leaves: readonly { readonly reader: Scan["reader"]; readonly columns: readonly LeafColumn[] }[];
}

/**
 * Files in folders that name values, `year=2020/…`: the values are columns behind those of the files, and folders that a filter rules out are not
 * read. Undefined when the folder has no such folders in it.
 * @throws PARTITION_FOLDERS_DIFFER
 */
export async function openPartitioned(
  format: FileFormat,
  files: FileSystemLookup,
  paths: readonly string[],
  options: Readonly<Record<string, string>>,
  session: SessionValues,
): Promise<Table | undefined> {
  const [path = ""] = paths;
  if (paths.length !== 1 || hasGlob(path)) return undefined;
  const leaves = await leavesOf(files, path);
  if (leaves === undefined) return undefined;
  const tables = await Promise.all(leaves.map((leaf) => format.open(files, [leaf.folder], options)));
  const [first] = tables;
  if (first === undefined) return undefined;
  for (const [index, table] of tables.entries()) {
    if (sameType(table.schema, first.schema, { ignoreNullability: true })) continue;
    throw sqlErrors.create("PARTITION_FOLDERS_DIFFER", { path, folder: leaves[index]?.folder ?? "" });
  }
  const columns = partitionColumns(leaves, session);
  return tableOf(path, leaves, tables, columns, session);
}

async function leavesOf(files: FileSystemLookup, path: string): Promise<Leaf[] | undefined> {
  const fileSystem = await files.get(path);
  const root = fileSystem.qualify(path);
  const status = await fileSystem.stat(root);
  if (status?.isDirectory !== true || !(await fileSystem.list(root)).some((entry) => entry.isDirectory && entry.path.includes("="))) {
    return undefined;
  }
  const found = await expandPaths(files, path, { recursive: true });
  const leaves: Leaf[] = [];
  for (const folder of new Set(found.map((file) => parentOf(file.path) ?? root))) {
    const values = partitionValues(folder.slice(root.length));
    if (values === undefined || values.length === 0) throw sqlErrors.create("PARTITION_FOLDERS_DIFFER", { path: root, folder });
    leaves.push({ folder, values });
  }
  const names = JSON.stringify(leaves[0]?.values.map(([name]) => name));
  const other = leaves.find((leaf) => JSON.stringify(leaf.values.map(([name]) => name)) !== names);
  if (other !== undefined) throw sqlErrors.create("PARTITION_FOLDERS_DIFFER", { path: root, folder: other.folder });
  return leaves;
}

const leafTasks = new URL("../task/read-leaves.ts", import.meta.url).href;

interface PartitionColumn {
  readonly field: StructField;
  /** One a leaf. */
  readonly values: readonly SQLValue[];
}

/** Types are the narrowest that all values of a column have: INT, BIGINT, DOUBLE, DATE, else STRING, as Spark infers them. */
function partitionColumns(leaves: readonly Leaf[], session: SessionValues): PartitionColumn[] {
  return (leaves[0]?.values ?? []).map(([name], index) => {
    const texts = leaves.map((leaf) => leaf.values[index]?.[1] ?? null);
    const dataType = typeOfTexts(texts);
    const convert = dataType.kind === "string" ? undefined : conversion(stringType, dataType, { mode: "ansi", session });
    const values = texts.map((text) => (text === null || convert === undefined ? text : convert(text)));
    return { field: structField(name, dataType), values };
  });
}

function typeOfTexts(texts: readonly (string | null)[]): DataType {
  const present = texts.filter((text) => text !== null);
  const all = (test: (text: string) => boolean): boolean => present.length > 0 && present.every(test);
  if (all((text) => /^-?\d{1,9}$/.test(text))) return integerType;
  if (all((text) => /^-?\d{1,18}$/.test(text))) return longType;
  if (all((text) => /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))) return doubleType;
  if (all((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseDate(text) !== undefined)) return dateType;
  return stringType;
}

function tableOf(
  path: string,
  leaves: readonly Leaf[],
  tables: readonly Table[],
  columns: readonly PartitionColumn[],
  session: SessionValues,
): Table {
  const names = new Set(columns.map(({ field }) => field.name.toLowerCase()));
  const data = tables[0]?.schema.fields.filter((field) => !names.has(field.name.toLowerCase())) ?? [];
  const hasBatches = tables.every((table) => table.hasBatches === true);
  return {
    name: path,
    hasBatches,
    schema: structType([...data, ...columns.map(({ field }) => field)]),
    statistics: {
      sizeBytes: tables.reduce((sum, table) => sum + table.statistics.sizeBytes, 0),
      rowCount: tables.reduce((sum, table) => sum + (table.statistics.rowCount ?? 0), 0),
      columns: {},
    },
    scan: (wanted, filters) => {
      const kept = leaves.flatMap((_, index) => (mayMatch(filters, columns, index, session) ? [index] : []));
      const dataColumns = wanted.filter((name) => !names.has(name.toLowerCase()));
      const scans = kept.map((index) => ({ index, scan: scanOf(tables, index, dataColumns, filters, names) }));
      const planOf = (readerOf: (scan: Scan) => Scan["reader"]): LeavesPlan => ({
        leaves: scans.map(({ index, scan }) => ({
          reader: readerOf(scan),
          columns: wanted.map((name) => sourceOf(name, dataColumns, columns, index)),
        })),
      });
      const batches = planOf(({ batchReader, reader }) => batchReader ?? reader);
      return {
        description: `${leaves.length} folder(s), ${kept.length} read, ${scans[0]?.scan.description ?? "nothing"}`,
        partitions: scans.flatMap(({ scan }, leaf) => scan.partitions.map((part): LeafPart => ({ leaf, part }))),
        reader: { module: leafTasks, export: "readLeaves", args: planOf(({ reader }) => reader) },
        ...(hasBatches ? { batchReader: { module: leafTasks, export: "readLeafBatches", args: batches } } : {}),
      };
    },
  };
}

function scanOf(
  tables: readonly Table[],
  index: number,
  columns: readonly string[],
  filters: readonly Expression[],
  names: ReadonlySet<string>,
): Scan {
  const table = tables[index];
  if (table === undefined) return { description: "", partitions: [], reader: { module: "", export: "", args: undefined } };
  return table.scan(
    columns,
    filters.filter((filter) => !mentions(filter, names)),
  );
}

function sourceOf(name: string, dataColumns: readonly string[], columns: readonly PartitionColumn[], leaf: number): LeafColumn {
  const column = columns.find(({ field }) => field.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) return { at: dataColumns.indexOf(name) };
  return { constant: column.values[leaf] ?? null, dataType: column.field.dataType };
}

function mentions(filter: Expression, names: ReadonlySet<string>): boolean {
  let found = false;
  transformDown(filter, (node) => {
    if (node.kind === "attribute" && names.has(node.name.toLowerCase())) found = true;
    return node;
  });
  return found;
}

/** False when a filter over the folder's columns alone is not true for its values. */
function mayMatch(filters: readonly Expression[], columns: readonly PartitionColumn[], leaf: number, session: SessionValues): boolean {
  const row: SQLRow = columns.map(({ values }) => values[leaf] ?? null);
  return filters.every((filter) => {
    let known = true;
    const bound = transformDown(filter, (node) => {
      if (node.kind === "subquery" || node.kind === "userFunction" || node.kind === "outerReference") known = false;
      if (node.kind !== "attribute") return node;
      const ordinal = columns.findIndex(({ field }) => field.name === node.name);
      if (ordinal < 0) known = false;
      return boundReference(ordinal, node.dataType);
    });
    return !known || compileExpression(bound, session)(row) === true;
  });
}
