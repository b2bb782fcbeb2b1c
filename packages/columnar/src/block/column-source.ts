/**
 * A column opened for reading: the arrays that the decoders index, made from the buffers of a block.
 */
import { columnarErrors } from "../errors.ts";
import type { ColumnShape } from "./column-shape.ts";
import { lengthsView, offsetsOf, ranksOf, viewOf } from "./kernel/number-column.ts";
import { readStrings, readText } from "./kernel/string-column.ts";
import type { ValueFallback } from "./value-fallback.ts";

/** An opened column. `first` and `second` are, by kind: */
export interface ColumnSource {
  readonly shape: ColumnShape;
  /**
   * num, date, bool, i64: the values · str: the text · dict: the codes · big, any: the values as an array ·
   * null, undef: the bitmap · list: offsets · union: tags.
   */
  readonly first: unknown;
  /** str: offsets · dict: the strings · union: the rank of each value among those with its tag. */
  readonly second: unknown;
  readonly children: readonly ColumnSource[];
}

/** Takes buffers from the front as the shape asks for them. */
export interface BufferCursor {
  readonly buffers: readonly Uint8Array[];
  at: number;
}

/** Opens a column of `count` values. @throws BLOCK_CORRUPT when buffers are missing */
export function openColumn(shape: ColumnShape, cursor: BufferCursor, count: number, fallback: ValueFallback | undefined): ColumnSource {
  const source = (first: unknown, second?: unknown, children: readonly ColumnSource[] = []): ColumnSource => ({
    shape,
    first,
    second,
    children,
  });
  switch (shape.k) {
    case "none":
    case "nil":
      return source(undefined);
    case "num":
      return source(viewOf(shape.t, take(cursor)));
    case "date":
      return source(viewOf("f64", take(cursor)));
    case "bool":
      return source(take(cursor));
    case "i64": {
      const bytes = take(cursor);
      return source(new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 3));
    }
    case "str": {
      const column = readText(shape, take(cursor), take(cursor));
      return source(column.text, column.offsets);
    }
    case "dict": {
      const codes = lengthsView(shape.c, take(cursor));
      return source(codes, takeStrings(shape.d, cursor));
    }
    case "big":
      return source(takeStrings(shape.d, cursor).map(BigInt));
    case "null":
    case "undef":
      return source(take(cursor), undefined, [openColumn(shape.d, cursor, count, fallback)]);
    case "tuple":
    case "object":
      return source(
        undefined,
        undefined,
        shape.f.map((field) => openColumn(field, cursor, count, fallback)),
      );
    case "list": {
      const offsets = offsetsOf(lengthsView(shape.l, take(cursor)));
      return source(offsets, undefined, [openColumn(shape.d, cursor, offsets[count] ?? 0, fallback)]);
    }
    case "union": {
      const tags = take(cursor);
      return source(
        tags,
        ranksOf(tags),
        shape.f.map((alternative) => openColumn(alternative, cursor, count, fallback)),
      );
    }
    case "any":
      return source(decodeFallback(take(cursor), fallback));
  }
}

function take(cursor: BufferCursor): Uint8Array {
  const buffer = cursor.buffers[cursor.at++];
  if (buffer === undefined) throw columnarErrors.create("BLOCK_CORRUPT", { problem: "its shape asks for more buffers than there are" });
  return buffer;
}

function takeStrings(shape: ColumnShape, cursor: BufferCursor): string[] {
  if (shape.k !== "str") throw columnarErrors.create("BLOCK_CORRUPT", { problem: `its text is stored as ${shape.k}` });
  return readStrings(shape, take(cursor), take(cursor));
}

function decodeFallback(bytes: Uint8Array, fallback: ValueFallback | undefined): unknown[] {
  if (fallback === undefined)
    throw columnarErrors.create("BLOCK_CORRUPT", { problem: "it was written with a value codec and opened without one" });
  return fallback.decode(bytes);
}
