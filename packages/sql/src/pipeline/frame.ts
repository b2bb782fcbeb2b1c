import type { ColumnVector, DataType } from "@vonk/columnar/internal";
import type { ValueRange } from "./value-range.ts";

/** Rows that go through all steps at once: row numbers and what they point to stay in the cache, and code is replaced by better between calls. */
export const morselRows = 16_384;
/** Positions of a frame: a probe may give more than one row for one. */
export const frameRowsMax = 32_768;

/** A column of a frame: values by row, and by which source's row numbers they are found. */
export interface FrameColumn {
  readonly vector: ColumnVector;
  readonly source: number;
  /** Bounds of its integers, found when they are first asked for; undefined when they do not fit into 64 bits. */
  readonly range: () => ValueRange | undefined;
  /** True when the bytes of its texts stay where they are until the query ends. */
  readonly isStable: boolean;
}

/**
 * Rows on their way through a stage: positions from 0, which stand for a row of each source. `rows` has the address of a source's row numbers, 4 bytes
 * a position; 0 means that positions are rows. Filters and probes make row numbers, no values: columns stay where they are.
 */
export interface Frame {
  readonly count: number;
  /** The same list for all frames of a batch that went through the same steps: what depends on the columns alone is found by it. */
  readonly columns: readonly FrameColumn[];
  readonly rows: readonly number[];
  /** The row of source 0's vectors that is its row 0 here; a multiple of 8. */
  readonly offset: number;
}

/** The row of a column's vector that is row 0 of a frame. */
export function firstRow(frame: Frame, { source }: FrameColumn): number {
  return source === 0 ? frame.offset : 0;
}

/** Whether positions are rows for the same sources of two frames. */
export function sameIdentity(rows: readonly number[], others: readonly number[]): boolean {
  if (rows.length !== others.length) return false;
  for (let source = 0; source < rows.length; source++) if ((rows[source] === 0) !== (others[source] === 0)) return false;
  return true;
}

/** How a column lies, as generated code depends on it. */
export interface ColumnForm {
  readonly physical: ColumnVector["physical"];
  /** Bytes of a code; 0 without a dictionary. */
  readonly codes: 0 | 1 | 2 | 4;
  readonly isNullable: boolean;
  readonly source: number;
  readonly isStable: boolean;
  readonly dataType: DataType;
}

/** What generated code depends on of a frame. */
export interface FrameShape {
  readonly columns: readonly ColumnForm[];
  /** By source: whether positions are rows. */
  readonly identity: readonly boolean[];
}

/** The shape of a frame. */
export function shapeOf(frame: Frame): FrameShape {
  return {
    columns: frame.columns.map(({ vector: { physical, dataType, dictionary, validity }, source, isStable }) => ({
      physical,
      codes: dictionary?.width ?? 0,
      isNullable: validity !== 0,
      source,
      isStable,
      dataType,
    })),
    identity: frame.rows.map((rows) => rows === 0),
  };
}

/** A text that differs where shapes need different code. */
export function shapeKey(frame: Frame): string {
  let key = "";
  for (const { vector, source, isStable } of frame.columns)
    key += `${vector.physical}${vector.dictionary?.width ?? 0}${vector.validity === 0 ? "" : "?"}${isStable ? "!" : ""}${source},`;
  for (const rows of frame.rows) key += rows === 0 ? "=" : "i";
  return key;
}
