import type { ColumnChunk, FileRange } from "../metadata/parquet-metadata.ts";
import { type PageLocation, readPageLocations } from "../pruning/page-index.ts";
import { appendRange, type RowRange } from "../pruning/row-range.ts";
import type { Decoding } from "./decoding.ts";

/** The part of a chunk that is read when some rows are wanted. */
export interface ChunkSelection {
  /** Bytes of the file, in their order; pages that lie beside each other are one range. */
  readonly ranges: readonly FileRange[];
  /** The pages of values in these bytes; undefined when the file does not say where pages begin, and the whole chunk is read. */
  readonly pages?: readonly PageLocation[];
  /** Rows of what is read. */
  readonly rows: number;
  /** Those of them that are wanted, counted from the first that is read. */
  readonly keep: readonly RowRange[];
}

/** Which bytes of a chunk have the wanted rows of a row group. @throws PARQUET_FILE_CORRUPT */
export function selectPages(decoding: Decoding, chunk: ColumnChunk, wanted: readonly RowRange[], rows: number): ChunkSelection {
  const whole = { position: chunk.position, bytes: chunk.compressedBytes };
  const all = readPageLocations(decoding.source, chunk, rows);
  const first = all?.[0];
  if (all === undefined || first === undefined) return { ranges: [whole], rows, keep: wanted };
  const pages: PageLocation[] = [];
  const keep: RowRange[] = [];
  let next = 0;
  let read = 0;
  for (const page of all) {
    const { start, end } = page.rows;
    while ((wanted[next]?.end ?? Infinity) <= start) next++;
    let isWanted = false;
    for (let index = next; ; index++) {
      const range = wanted[index];
      if (range === undefined || range.start >= end) break;
      isWanted = true;
      appendRange(keep, { start: read + Math.max(range.start, start) - start, end: read + Math.min(range.end, end) - start });
    }
    if (!isWanted) continue;
    pages.push(page);
    read += end - start;
  }
  // A dictionary lies before the first page.
  const dictionary = { position: chunk.position, bytes: first.position - chunk.position };
  return { ranges: joinRanges([dictionary, ...pages]), pages, rows: read, keep };
}

function joinRanges(ranges: readonly FileRange[]): FileRange[] {
  const joined: FileRange[] = [];
  for (const { position, bytes } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && last.position + last.bytes === position)
      joined[joined.length - 1] = { position: last.position, bytes: last.bytes + bytes };
    else if (bytes > 0) joined.push({ position, bytes });
  }
  return joined;
}
