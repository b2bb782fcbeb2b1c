import { checksum } from "@vonk/columnar/internal";
import { pageType } from "../metadata/parquet-enums.ts";
import type { ColumnChunk, FileRange } from "../metadata/parquet-metadata.ts";
import { decompress, type Range } from "../page/decompress.ts";
import { isDataPage, type PageHeader, readPageHeader } from "../page/page-header.ts";
import type { ChunkSelection } from "./chunk-selection.ts";
import type { Decoding } from "./decoding.ts";

/** The pages of a column chunk, whose bytes are in memory from here on. */
export interface ChunkPages {
  readonly dictionary: PageHeader | undefined;
  readonly data: readonly PageHeader[];
  /** Values of all these pages, nulls and empty lists. */
  readonly values: number;
}

/** A page's bytes, with the levels of version 2 apart. */
export interface PageBody {
  readonly repetition: Range | undefined;
  readonly definition: Range | undefined;
  readonly values: Range;
}

/**
 * Reads a chunk, or what of it was selected, and the headers of its pages.
 * @param isKept whether values may be referenced where they lie in the file's bytes
 */
export function readChunkPages(decoding: Decoding, chunk: ColumnChunk, isKept: boolean, selection: ChunkSelection | undefined): ChunkPages {
  const { path } = decoding;
  const ranges = selection?.ranges ?? [{ position: chunk.position, bytes: chunk.compressedBytes }];
  const size = ranges.reduce((sum, range) => sum + range.bytes, 0);
  const start = isKept ? decoding.allocate(size) : decoding.chunk.take(size);
  const bytes = decoding.bytes.subarray(start, start + size);
  readRanges(decoding, ranges, bytes);
  const valuesMax = selection?.pages === undefined ? chunk.values : Infinity;
  let dictionary: PageHeader | undefined;
  const data: PageHeader[] = [];
  let values = 0;
  for (let position = 0; position < size && values < valuesMax;) {
    const local = readPageHeader(bytes, position, path);
    const page = { ...local, start: start + local.start };
    checkPage(decoding, page, start + size);
    if (page.type === pageType.dictionary) dictionary ??= page;
    if (isDataPage(page)) {
      data.push(page);
      values += page.values;
    }
    position = local.start + page.compressedBytes;
  }
  if (selection?.pages === undefined && values !== chunk.values)
    decoding.corrupt(`a column chunk has ${values} values instead of ${chunk.values}`);
  if (selection?.pages !== undefined && selection.pages.length !== data.length)
    decoding.corrupt("a column chunk has other pages than its index names");
  return { dictionary, data, values };
}

function readRanges(decoding: Decoding, ranges: readonly FileRange[], into: Uint8Array): void {
  let at = 0;
  for (const { position, bytes } of ranges) {
    if (decoding.source.read(position, into.subarray(at, at + bytes)) < bytes) decoding.corrupt("it ends within a column chunk");
    at += bytes;
  }
}

function checkPage(decoding: Decoding, page: PageHeader, end: number): void {
  const { start, compressedBytes, uncompressedBytes, checksum: expected } = page;
  if (compressedBytes < 0 || uncompressedBytes < 0 || compressedBytes > end - start)
    decoding.corrupt("a page is longer than its column chunk");
  const hasValues = page.type === pageType.dictionary || isDataPage(page);
  if (hasValues && (page.values < 0 || page.encoding < 0)) decoding.corrupt("the header of a page lacks its values");
  const levels = page.definitionBytes + page.repetitionBytes;
  if (page.definitionBytes < 0 || page.repetitionBytes < 0 || levels > Math.min(compressedBytes, uncompressedBytes))
    decoding.corrupt("the levels of a page are longer than the page");
  if (decoding.isVerified && expected !== undefined && checksum(decoding.bytes.subarray(start, start + compressedBytes)) !== expected >>> 0)
    decoding.corrupt("the checksum of a page is wrong");
}

/**
 * The decompressed bytes of a page.
 * @param isKept whether values may be referenced where they lie afterwards
 * @param place where what is compressed goes, if that is not for this function to choose
 */
export function pageBody(decoding: Decoding, chunk: ColumnChunk, page: PageHeader, isKept: boolean, place?: number): PageBody {
  const levels = page.repetitionBytes + page.definitionBytes;
  const from = { start: page.start + levels, end: page.start + page.compressedBytes };
  const isV2 = page.type === pageType.dataV2;
  const level = (start: number, bytes: number): Range | undefined => (isV2 ? { start, end: start + bytes } : undefined);
  return {
    repetition: level(page.start, page.repetitionBytes),
    definition: level(page.start + page.repetitionBytes, page.definitionBytes),
    values: uncompressed(decoding, chunk, page, from, (size) => place ?? (isKept ? decoding.allocate(size) : decoding.page.take(size))),
  };
}

function uncompressed(decoding: Decoding, chunk: ColumnChunk, page: PageHeader, from: Range, place: (size: number) => number): Range {
  const size = page.uncompressedBytes - page.repetitionBytes - page.definitionBytes;
  if (chunk.codec === "UNCOMPRESSED") {
    if (from.end - from.start !== size) decoding.corrupt("a page that is not compressed has two sizes");
    return from;
  }
  const codec = page.isCompressed ? chunk.codec : "UNCOMPRESSED";
  const start = place(size);
  const to = { start, end: start + size };
  if (from.end > from.start || size > 0) decompress(decoding, codec, from, to);
  return to;
}
