import { parquetErrors } from "../errors.ts";
import { parquetSchema } from "../schema/parquet-node.ts";
import { restoreSparkTypes } from "../schema/restore-spark-types.ts";
import { sparkSchemaKey } from "../schema/spark-schema.ts";
import { readSchemaElement, type SchemaElement } from "../schema/schema-element.ts";
import { CompactReader } from "../thrift/compact-reader.ts";
import { compressionCodecs } from "./parquet-enums.ts";
import type { ColumnChunk, ParquetMetadata, RawStatistics, RowGroup } from "./parquet-metadata.ts";

/**
 * Understands the FileMetaData structure of a footer. That all ranges lie within the file is checked here.
 * @throws PARQUET_FILE_CORRUPT, PARQUET_FILE_ENCRYPTED, PARQUET_NOT_SUPPORTED
 */
export function parseFooter(bytes: Uint8Array, path: string, size: number): ParquetMetadata {
  const reader = new CompactReader(bytes, path);
  const elements: SchemaElement[] = [];
  const groups: ((chunkCount: number) => RowGroup)[] = [];
  const keyValues: Record<string, string> = {};
  let rows = 0;
  let createdBy = "";
  reader.struct((id) => {
    if (id === 2) reader.list(() => elements.push(readSchemaElement(reader)));
    else if (id === 3) rows = reader.integer();
    else if (id === 4) reader.list(() => groups.push(readRowGroup(reader, path, size)));
    else if (id === 5) reader.list(() => readKeyValue(reader, keyValues));
    else if (id === 6) createdBy = reader.text();
    else if (id === 8) throw parquetErrors.create("PARQUET_FILE_ENCRYPTED", { path });
    else reader.skip();
  });
  const { schema, columns, leaves } = restoreSparkTypes(parquetSchema(elements, path), keyValues[sparkSchemaKey]);
  const rowGroups = groups.map((group) => group(leaves.length));
  const counted = rowGroups.reduce((sum, group) => sum + group.rows, 0);
  if (counted !== rows) throw corrupt(path, `it has ${rows} rows, its row groups ${counted}`);
  return { path, rows, schema, columns, leaves, rowGroups, keyValues, createdBy };
}

function corrupt(path: string, problem: string): Error {
  return parquetErrors.create("PARQUET_FILE_CORRUPT", { path, problem });
}

function readKeyValue(reader: CompactReader, into: Record<string, string>): void {
  let key = "";
  let value = "";
  reader.struct((id) => {
    if (id === 1) key = reader.text();
    else if (id === 2) value = reader.text();
    else reader.skip();
  });
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function readRowGroup(reader: CompactReader, path: string, size: number): (chunkCount: number) => RowGroup {
  const chunks: ColumnChunk[] = [];
  let rows = -1;
  reader.struct((id) => {
    if (id === 1) reader.list(() => chunks.push(readChunk(reader, path, size)));
    else if (id === 3) rows = reader.integer();
    else reader.skip();
  });
  return (chunkCount) => {
    if (chunks.length !== chunkCount) throw corrupt(path, `a row group has ${chunks.length} columns instead of ${chunkCount}`);
    if (rows < 0 || rows > 0x7fff_ffff) throw corrupt(path, `a row group has ${rows} rows`);
    return { rows, compressedBytes: chunks.reduce((sum, chunk) => sum + chunk.compressedBytes, 0), chunks };
  };
}

function readChunk(reader: CompactReader, path: string, size: number): ColumnChunk {
  let chunk: ColumnChunk | undefined;
  const ranges = { offset: [0, 0] as [number, number], column: [0, 0] as [number, number] };
  reader.struct((id) => {
    if (id === 1) throw parquetErrors.create("PARQUET_NOT_SUPPORTED", { path, problem: `columns lie in another file, ${reader.text()}` });
    else if (id === 3) chunk = readColumnMetadata(reader, path, size);
    else if (id === 4) ranges.offset[0] = reader.integer();
    else if (id === 5) ranges.offset[1] = reader.integer();
    else if (id === 6) ranges.column[0] = reader.integer();
    else if (id === 7) ranges.column[1] = reader.integer();
    else if (id === 8) throw parquetErrors.create("PARQUET_FILE_ENCRYPTED", { path });
    else reader.skip();
  });
  if (chunk === undefined) throw corrupt(path, "a column chunk has no metadata");
  const range = ([position, bytes]: readonly [number, number]) => (isRange(position, bytes, size) ? { position, bytes } : undefined);
  const columnIndex = range(ranges.column);
  const offsetIndex = range(ranges.offset);
  return { ...chunk, ...(columnIndex === undefined ? {} : { columnIndex }), ...(offsetIndex === undefined ? {} : { offsetIndex }) };
}

function isRange(position: number, bytes: number, size: number): boolean {
  return position > 0 && bytes > 0 && position + bytes <= size;
}

function readColumnMetadata(reader: CompactReader, path: string, size: number): ColumnChunk {
  let codec = 0;
  const field = { values: -1, uncompressed: 0, compressed: -1, data: 0, dictionary: 0, bloom: 0, bloomBytes: 0 };
  let statistics: RawStatistics | undefined;
  reader.struct((id) => {
    if (id === 4) codec = reader.integer();
    else if (id === 5) field.values = reader.integer();
    else if (id === 6) field.uncompressed = reader.integer();
    else if (id === 7) field.compressed = reader.integer();
    else if (id === 9) field.data = reader.integer();
    else if (id === 11) field.dictionary = reader.integer();
    else if (id === 12) statistics = readStatistics(reader);
    else if (id === 14) field.bloom = reader.integer();
    else if (id === 15) field.bloomBytes = reader.integer();
    else reader.skip();
  });
  const position = field.dictionary > 0 && field.dictionary < field.data ? field.dictionary : field.data;
  if (field.values < 0 || field.values > 0x7fff_ffff) throw corrupt(path, `a column chunk has ${field.values} values`);
  if (position < 0 || field.compressed < 0 || position + field.compressed > size)
    throw corrupt(path, `a column chunk of ${field.compressed} bytes lies at ${position}, beyond its end`);
  const name = compressionCodecs[codec];
  if (name === undefined) throw parquetErrors.create("PARQUET_NOT_SUPPORTED", { path, problem: `it is compressed by codec ${codec}` });
  return {
    codec: name,
    values: field.values,
    position,
    compressedBytes: field.compressed,
    uncompressedBytes: field.uncompressed,
    ...(statistics === undefined ? {} : { statistics }),
    ...(field.bloom > 0 && field.bloom < size
      ? { bloomFilter: { position: field.bloom, ...(field.bloomBytes > 0 ? { bytes: field.bloomBytes } : {}) } }
      : {}),
  };
}

/** Reads a Statistics structure, of a chunk or a page. */
function readStatistics(reader: CompactReader): RawStatistics {
  let legacy: Pick<RawStatistics, "min" | "max"> = {};
  let bounds: Omit<RawStatistics, "isLegacy"> = {};
  reader.struct((id) => {
    if (id === 1) legacy = { ...legacy, max: reader.binary() };
    else if (id === 2) legacy = { ...legacy, min: reader.binary() };
    else if (id === 3) bounds = { ...bounds, nulls: reader.integer() };
    else if (id === 4) bounds = { ...bounds, distinct: reader.integer() };
    else if (id === 5) bounds = { ...bounds, max: reader.binary() };
    else if (id === 6) bounds = { ...bounds, min: reader.binary() };
    else if (id === 7) bounds = { ...bounds, isMaxExact: reader.boolean() };
    else if (id === 8) bounds = { ...bounds, isMinExact: reader.boolean() };
    else reader.skip();
  });
  const isLegacy = bounds.min === undefined && bounds.max === undefined;
  return { ...(isLegacy ? { ...bounds, ...legacy } : bounds), isLegacy };
}
