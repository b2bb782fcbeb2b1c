import type { StructType } from "@vonk/columnar/internal";
import { sameType } from "@vonk/columnar/internal";
import { expandPaths, type FileStatus } from "@vonk/filesystem/internal";
import type { FileFormat, Table } from "@vonk/sql/spi";
import { parquetErrors } from "../errors.ts";
import type { ParquetMetadata } from "../metadata/parquet-metadata.ts";
import { fetchParquetMetadata } from "../metadata/read-metadata.ts";
import type { FilePart, ReadPlan } from "./read-partitions.ts";

/** Parquet files as tables. */
export const fileFormat: FileFormat = {
  async open(fileSystems, paths) {
    const files = await expandPaths(fileSystems, paths.join(","));
    const footers = await Promise.all(files.map(async (file) => footerOf(file, await fileSystems.get(file.path))));
    const [first] = footers;
    if (first === undefined) throw parquetErrors.create("PARQUET_NO_FILES", { paths: [...paths] });
    for (const other of footers) checkSchema(first, other);
    return tableOf(paths.join(","), files, footers, first.schema);
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
  const parts = footers.flatMap((metadata): FilePart[] => metadata.rowGroups.map((_, rowGroup) => ({ path: metadata.path, rowGroup })));
  return {
    name,
    schema: { ...schema, fields: schema.fields.map((field) => ({ ...field, nullable: true })) },
    statistics: {
      sizeBytes: files.reduce((sum, file) => sum + file.bytes, 0),
      rowCount: footers.reduce((sum, metadata) => sum + metadata.rows, 0),
      columns: {},
    },
    scan: (columns) => {
      const plan: ReadPlan = { columns, footers: Object.fromEntries(footers.map((metadata) => [metadata.path, metadata])) };
      const module = new URL("./read-partitions.ts", import.meta.url).href;
      return {
        description: `parquet, ${files.length} file(s)`,
        partitions: parts,
        reader: { module, export: "readPartitions", args: plan },
        batchReader: { module, export: "readBatches", args: plan },
      };
    },
  };
}
