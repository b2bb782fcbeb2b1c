/**
 * Where the values of a batch go before they are written: one sink for each place of the shape, filled record by record.
 */
import type { RecordShape } from "./record-shape.ts";

/** The growing columns of one place; which of them are used depends on the shape's kind. */
export interface ColumnSink {
  readonly shape: RecordShape;
  /** number: the values; date: milliseconds. */
  readonly doubles: Float64Array;
  /** boolean: 0 or 1. */
  readonly bytes: Uint8Array;
  /** list: the length of each array. */
  readonly lengths: Int32Array;
  readonly strings: string[];
  readonly bigints: bigint[];
  /** list of numbers: the elements of all arrays. */
  readonly numbers: NumberBuffer;
  /** any: the values; list of anything else: the elements of all arrays. */
  readonly values: unknown[];
  readonly nulls: Uint8Array;
  readonly undefineds: Uint8Array;
  readonly fields: readonly ColumnSink[];
}

/** Numbers that are appended; the first `length` of `values` are filled. */
export interface NumberBuffer {
  values: Float64Array;
  length: number;
}

const noDoubles = new Float64Array(0);
const noBytes = new Uint8Array(0);
const noLengths = new Int32Array(0);

/** Empty sinks for `count` records; places below a nullable one begin with fillers. */
export function createSink(shape: RecordShape, count: number, mayLack = false): ColumnSink {
  const lacks = mayLack || shape.nullable || shape.undefinable;
  const bitmapBytes = (count + 7) >>> 3;
  return {
    shape,
    doubles: shape.kind === "number" || shape.kind === "date" ? new Float64Array(count) : noDoubles,
    bytes: shape.kind === "boolean" ? new Uint8Array(count) : noBytes,
    lengths: shape.kind === "list" ? new Int32Array(count) : noLengths,
    strings: shape.kind === "string" ? newColumn<string>(count, lacks, "") : [],
    bigints: shape.kind === "bigint" ? newColumn<bigint>(count, lacks, 0n) : [],
    numbers: { values: noDoubles, length: 0 },
    values: shape.kind === "any" ? newColumn<unknown>(count, lacks, undefined) : [],
    nulls: shape.nullable ? new Uint8Array(bitmapBytes) : noBytes,
    undefineds: shape.undefinable ? new Uint8Array(bitmapBytes) : noBytes,
    fields: shape.kind === "list" ? [] : shape.fields.map((field) => createSink(field, count, lacks)),
  };
}

/** Makes room for `more` numbers behind the first `length` and gives the array to write to. */
export function growNumbers(buffer: NumberBuffer, length: number, more: number): Float64Array {
  const values = new Float64Array(Math.max(1024, (length + more) * 2));
  values.set(buffer.values.subarray(0, length));
  buffer.values = values;
  return values;
}

/** True for lists that are filled into `numbers`. */
export function isNumberList(shape: RecordShape): boolean {
  return shape.kind === "list" && shape.fields[0]?.kind === "number";
}

function newColumn<T>(count: number, lacks: boolean, filler: T): T[] {
  const column = new Array<T>(count);
  return lacks ? column.fill(filler) : column;
}
