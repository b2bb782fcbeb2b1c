import { parquetErrors } from "../errors.ts";
import type { ColumnChunk, FileRange } from "../metadata/parquet-metadata.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import { CompactReader } from "../thrift/compact-reader.ts";
import type { KnownValues } from "./row-group-may-match.ts";
import type { RowRange } from "./row-range.ts";

/** A page of values: where its header begins, the bytes of header and page, and the rows that it has. */
export interface PageLocation extends FileRange {
  readonly rows: RowRange;
}

/**
 * The pages of a chunk by its OffsetIndex; undefined when it has none.
 * @param rows of the row group
 * @throws PARQUET_FILE_CORRUPT
 */
export function readPageLocations(source: ParquetSource, chunk: ColumnChunk, rows: number): readonly PageLocation[] | undefined {
  const range = chunk.offsetIndex;
  if (range === undefined) return undefined;
  const found: { position: number; bytes: number; start: number }[] = [];
  const reader = indexReader(source, range);
  reader.struct((id) => {
    if (id !== 1) return reader.skip();
    reader.list(() => {
      const page = { position: -1, bytes: -1, start: -1 };
      reader.struct((field) => {
        if (field === 1) page.position = reader.integer();
        else if (field === 2) page.bytes = reader.integer();
        else if (field === 3) page.start = reader.integer();
        else reader.skip();
      });
      found.push(page);
    });
  });
  const pages = found.map(({ position, bytes, start }, index) => ({
    position,
    bytes,
    rows: { start, end: found[index + 1]?.start ?? rows },
  }));
  checkPages(source, chunk, pages, rows);
  return pages;
}

function checkPages({ path }: ParquetSource, chunk: ColumnChunk, pages: readonly PageLocation[], rows: number): void {
  let position = chunk.position;
  let row = 0;
  for (const page of pages) {
    if (page.position < position || page.bytes < 0 || page.rows.start !== row || page.rows.end < row) throw corruptIndex(path);
    position = page.position + page.bytes;
    row = page.rows.end;
  }
  if (row !== rows || position > chunk.position + chunk.compressedBytes) throw corruptIndex(path);
}

function corruptIndex(path: string): Error {
  return parquetErrors.create("PARQUET_FILE_CORRUPT", { path, problem: "the index of a column's pages contradicts the column" });
}

/**
 * What a chunk's ColumnIndex knows of each page; undefined when it has none. The column is in no list, so that a page has as many values as rows.
 * @throws PARQUET_FILE_CORRUPT
 */
export function readPageValues(
  source: ParquetSource,
  chunk: ColumnChunk,
  pages: readonly PageLocation[],
): readonly KnownValues[] | undefined {
  const range = chunk.columnIndex;
  if (range === undefined) return undefined;
  const isNull: boolean[] = [];
  const mins: Uint8Array[] = [];
  const maxes: Uint8Array[] = [];
  const nulls: number[] = [];
  const reader = indexReader(source, range);
  reader.struct((id) => {
    if (id === 1) reader.list(() => isNull.push(reader.boolean()));
    else if (id === 2) reader.list(() => mins.push(reader.binary()));
    else if (id === 3) reader.list(() => maxes.push(reader.binary()));
    else if (id === 5) reader.list(() => nulls.push(reader.integer()));
    else reader.skip();
  });
  if ([isNull, mins, maxes].some((list) => list.length !== pages.length)) throw corruptIndex(source.path);
  return pages.map(({ rows }, index) => {
    const values = rows.end - rows.start;
    if (isNull[index] === true) return { values, statistics: { nulls: values, isLegacy: false } };
    const [min, max, nullCount] = [mins[index], maxes[index], nulls[index]];
    const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    return { values, statistics: { ...bounds, ...(nullCount === undefined ? {} : { nulls: nullCount }), isLegacy: false } };
  });
}

function indexReader(source: ParquetSource, { position, bytes }: FileRange): CompactReader {
  const target = new Uint8Array(bytes);
  if (source.read(position, target) < bytes)
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path: source.path, problem: "it ends within an index of pages" });
  return new CompactReader(target, source.path);
}
