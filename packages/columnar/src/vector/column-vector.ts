import type { DataType } from "../schema/data-type.ts";

/**
 * How values lie in memory, which is apart from what they mean: a BIGINT or DECIMAL may be held in fewer bytes when its range allows.
 *
 * | physical | bytes a value | holds |
 * |---|---|---|
 * | boolean | 1 | 0 or 1 |
 * | int8, int16, int32, int64 | 1, 2, 4, 8 | two's complement, little endian |
 * | int128 | 16 | two's complement, the low half first |
 * | float32, float64 | 4, 8 | IEEE 754 |
 * | bytes | 8 | where text or bytes lie: address u32, length u32 |
 * | list | 8 | where the elements of an array or the entries of a map lie: first u32, count u32 |
 * | struct | 0 | nothing: the fields are the children |
 *
 * A value that is null holds anything.
 */
export type PhysicalType =
  | "boolean"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "int128"
  | "float32"
  | "float64"
  | "bytes"
  | "list"
  | "struct";

/** Bytes of a value of a physical type. */
export const physicalBytes: Readonly<Record<PhysicalType, number>> = {
  boolean: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  int128: 16,
  float32: 4,
  float64: 8,
  bytes: 8,
  list: 8,
  struct: 0,
};

/**
 * A column of a batch in a segment of shared memory. Addresses are byte offsets in the segment; whoever made the vector keeps what they
 * point to until the batch is released. Readers may look 128 bytes beyond an end.
 */
export interface ColumnVector {
  readonly dataType: DataType;
  readonly physical: PhysicalType;
  /** Rows. */
  readonly length: number;
  /** Address of the values, or of the codes of a dictionary; aligned to 16. */
  readonly data: number;
  /** Address of a bitmap, bit `i & 7` of byte `i >> 3` set where row i has a value; 0 when no row is null. */
  readonly validity: number;
  /** Present when `data` are codes, unsigned and of `width` bytes, into these values, of which none is null. */
  readonly dictionary?: { readonly width: 1 | 2 | 4; readonly values: ColumnVector };
  /** Bounds of its integers, where whoever made it knows them. */
  readonly range?: { readonly min: bigint; readonly max: bigint };
  /** One for the elements of an array, two for the keys and values of a map, one a field of a struct (as long as the vector itself). */
  readonly children?: readonly ColumnVector[];
}

/** Columns of equally many rows. */
export interface ColumnBatch {
  readonly length: number;
  readonly columns: readonly ColumnVector[];
}
