import type { StructField, StructType } from "@vonk/columnar/internal";
import type { ColumnStatistics } from "@vonk/dataframe/internal";
import { sameType } from "@vonk/columnar/internal";
import { expandPaths, type FileStatus, type FileSystemLookup } from "@vonk/filesystem/internal";
import type { FileFormat, Table } from "@vonk/sql/spi";
import { parquetErrors } from "../errors.ts";
import type { ParquetMetadata } from "../metadata/parquet-metadata.ts";
import { fetchParquetMetadata } from "../metadata/read-metadata.ts";
import { columnStatistics } from "../pruning/column-statistics.ts";
import { rowGroupMayMatch } from "../pruning/row-group-may-match.ts";
import { ParquetWriter } from "../writer/parquet-writer.ts";
import { narrowMetadata } from "./narrow-metadata.ts";
import { OpenedTables } from "./opened-tables.ts";
import { toPredicates } from "./to-predicates.ts";
import { writeSettings } from "./write-options.ts";
import type { FilePart, ReadPlan } from "./read-partitions.ts";

const openedTables = new WeakMap<FileSystemLookup, OpenedTables>();

/** The same path may be another file for another application. */
function openedBy(fileSystems: FileSystemLookup): OpenedTables {
  let opened = openedTables.get(fileSystems);
  if (opened === undefined) openedTables.set(fileSystems, (opened = new OpenedTables()));
  return opened;
}

/** Parquet files as tables. */
export const fileFormat: FileFormat = {
  async open(fileSystems, paths) {
    const files = await expandPaths(fileSystems, paths.join(","));
    const name = paths.join(",");
    const opened = openedBy(fileSystems);
    const known = opened.find(name, files);
    if (known !== undefined) return known;
    const footers = await Promise.all(files.map(async (file) => footerOf(file, await fileSystems.get(file.path))));
    const [first] = footers;
    if (first === undefined) throw parquetErrors.create("PARQUET_NO_FILES", { paths: [...paths] });
    for (const other of footers) checkSchema(first, other);
    const table = tableOf(name, files, footers, first.schema);
    const rowGroups = footers.reduce((sum, metadata) => sum + metadata.rowGroups.length, 0);
    opened.keep(name, files, table, rowGroups);
    return table;
  },
  writer(schema, options) {
    const settings = writeSettings(options);
    const { codec } = settings;
    const module = new URL("./write-rows.ts", import.meta.url).href;
    const extension = codec === "none" ? ".parquet" : `.${codec === "gzip" ? "gz" : codec}.parquet`;
    // What cannot be written is refused before any task runs.
    new ParquetWriter(schema, () => undefined);
    return { module, export: "writeRows", args: { schema, settings }, extension };
  },
};

function footerOf(file: FileStatus, files: Parameters<typeof fetchParquetMetadata>[2]): Promise<ParquetMetadata> {
  return fetchParquetMetadata(file.path, file.bytes, files);
}

/** @throws PARQUET_SCHEMA_MISMATCH */
function checkSchema(first: ParquetMetadata, other: ParquetMetadata): void {
  if (other === first || sameType(first.schema, other.schema, { ignoreNullability: true })) return;
  const names = (schema: StructType): string[] => schema.fields.map((field) => field.name);
  throw parquetErrors.create("PARQUET_SCHEMA_MISMATCH", {
    path: other.path,
    columns: names(other.schema),
    firstPath: first.path,
    firstColumns: names(first.schema),
  });
}

/** Columns of files may be null whatever they say: other writers do not keep the promise. */
function tableOf(name: string, files: readonly FileStatus[], footers: readonly ParquetMetadata[], schema: StructType): Table {
  const parts = footers.flatMap((metadata) => metadata.rowGroups.map((_, rowGroup) => ({ path: metadata.path, rowGroup })));
  const byPath = new Map(footers.map((metadata) => [metadata.path, metadata]));
  return {
    name,
    hasBatches: true,
    schema: { ...schema, fields: schema.fields.map((field) => ({ ...field, nullable: true })) },
    statistics: {
      sizeBytes: files.reduce((sum, file) => sum + file.bytes, 0),
      rowCount: footers.reduce((sum, metadata) => sum + metadata.rows, 0),
      columns: Object.fromEntries(schema.fields.flatMap((field) => boundsOf(footers, field))),
    },
    scan: (columns, filters) => {
      const predicates = toPredicates(filters);
      const wanted = parts.filter(({ path, rowGroup }) => {
        const metadata = byPath.get(path);
        return metadata === undefined || rowGroupMayMatch(metadata, rowGroup, predicates);
      });
      const narrow = new Map(footers.map((metadata) => [metadata.path, narrowMetadata(metadata, columns, predicates)]));
      const plan: ReadPlan = {
        columns,
        predicates,
        footers: Object.fromEntries([...narrow].map(([path, { metadata }]) => [path, metadata])),
      };
      const partitions = wanted.flatMap(({ path, rowGroup }): FilePart[] => {
        const group = narrow.get(path)?.rowGroup(rowGroup);
        return group === undefined ? [] : [{ path, rowGroup: group }];
      });
      const module = new URL("./read-partitions.ts", import.meta.url).href;
      return {
        description: `parquet, ${files.length} file(s), ${wanted.length} of ${parts.length} row groups`,
        partitions,
        reader: { module, export: "readPartitions", args: plan },
        batchReader: { module, export: "readBatches", args: plan },
      };
    },
  };
}

/** What all row groups together say of a column of numbers; nothing when one of them does not know. */
function boundsOf(footers: readonly ParquetMetadata[], field: StructField): [string, ColumnStatistics][] {
  let min: number | bigint | undefined;
  let max: number | bigint | undefined;
  let nullCount = 0;
  for (const metadata of footers) {
    for (const rowGroup of metadata.rowGroups.keys()) {
      const known = columnStatistics(metadata, rowGroup, field.name);
      if (!isNumber(known?.min) || !isNumber(known.max)) return [];
      min = min === undefined || known.min < min ? known.min : min;
      max = max === undefined || known.max > max ? known.max : max;
      nullCount += known.nulls ?? 0;
    }
  }
  return min === undefined || max === undefined ? [] : [[field.name, { min, max, nullCount }]];
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
