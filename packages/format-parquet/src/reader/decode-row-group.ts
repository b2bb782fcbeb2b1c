import type { ColumnBatch } from "@vonk/columnar/internal";
import { decodeColumn } from "../column/decode-column.ts";
import { Decoding } from "../column/decoding.ts";
import { parquetErrors } from "../errors.ts";
import type { Arena } from "../memory/arena.ts";
import type { ParquetMetadata } from "../metadata/parquet-metadata.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import { type RowRange, rowsOf } from "../pruning/row-range.ts";
import type { ParquetNode } from "../schema/parquet-node.ts";

/** How files are read. */
export interface ParquetReadOptions {
  /** False leaves checksums of pages alone, as Spark does unless told: there are writers whose checksums are wrong. True unless said. */
  readonly verifyChecksums?: boolean;
  /** Rows of the row group that are wanted, as `matchingRows` gives them: of other rows no page is read, if the file says where its pages lie. */
  readonly rows?: readonly RowRange[];
}

/**
 * Decodes columns of a row group into an arena of shared memory, where what is read from the file lies as well: the batch is good until the arena
 * is reset. `columns` are names of fields of the file's schema, in the order that the batch is to have.
 *
 * Integers, dates, timestamps and decimals keep the width of the file (decimals in bytes become int64 or int128); text and binary refer to the
 * pages, or have codes of a dictionary when the whole chunk has. Values at null rows are 0, and `validity` is 0 when there are none.
 * @throws PARQUET_COLUMN_NOT_FOUND, PARQUET_FILE_CORRUPT, PARQUET_NOT_SUPPORTED, PARQUET_ARENA_FULL
 */
export function decodeRowGroup(
  source: ParquetSource,
  metadata: ParquetMetadata,
  rowGroup: number,
  columns: readonly string[],
  arena: Arena,
  options: ParquetReadOptions = {},
): ColumnBatch {
  const { path } = metadata;
  const group = metadata.rowGroups[rowGroup];
  const decoding = new Decoding(source, arena, options.verifyChecksums ?? true, options.rows);
  if (group === undefined) return decoding.corrupt(`it has ${metadata.rowGroups.length} row groups, number ${rowGroup} was asked for`);
  const nodes = columns.map((name) => columnOf(metadata, name));
  try {
    return {
      length: options.rows === undefined ? group.rows : rowsOf(options.rows),
      columns: nodes.map((node) => decodeColumn(decoding, node, group)),
    };
  } catch (cause) {
    // What no check has met ends at the memory's end: there is nothing to break behind it.
    if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause;
    throw parquetErrors.create(
      "PARQUET_FILE_CORRUPT",
      { path, problem: "a column chunk refers to bytes that it does not have" },
      { cause },
    );
  }
}

function columnOf(metadata: ParquetMetadata, name: string): ParquetNode {
  const node = metadata.columns.find((column) => column.name === name);
  if (node !== undefined) return node;
  const columns = metadata.columns.map((column) => column.name);
  throw parquetErrors.create("PARQUET_COLUMN_NOT_FOUND", { path: metadata.path, column: name, columns });
}
