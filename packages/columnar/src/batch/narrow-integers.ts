import type { BufferPlan } from "../block/column-shape.ts";
import { physicalBytes, type ColumnVector, type PhysicalType } from "../vector/column-vector.ts";
import type { VectorMemory } from "../vector/vector-reader.ts";

/** Bounds of integers, both included. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** The narrowest form that holds all integers of a range. */
export function narrowType({ min, max }: IntegerRange): "int8" | "int16" | "int32" | "int64" {
  if (min >= -128n && max <= 127n) return "int8";
  if (min >= -32_768n && max <= 32_767n) return "int16";
  return min >= -2_147_483_648n && max <= 2_147_483_647n ? "int32" : "int64";
}

/** The integers of a column, all within the narrower form. */
export function integerBuffer(column: ColumnVector, narrow: PhysicalType, { bytes }: VectorMemory): BufferPlan {
  const { data, length, physical } = column;
  const from = bytes.byteOffset + data;
  return {
    bytes: length * physicalBytes[narrow],
    write: (target) => {
      const to = arrayOf(narrow, target.buffer, target.byteOffset, length);
      if (physical === narrow) target.set(bytes.subarray(data, data + target.byteLength));
      else if (physical === "int128" && to instanceof BigInt64Array) copyEvery(to, new BigInt64Array(bytes.buffer, from, length * 2), 2);
      else if (!(to instanceof BigInt64Array)) narrowed(to, physical, bytes.buffer, from, length);
    },
  };
}

type NarrowArray = Int8Array | Int16Array | Int32Array;

/** What fits into 32 bits is the same in the low half of wider integers. */
function narrowed(to: NarrowArray, physical: PhysicalType, buffer: ArrayBufferLike, from: number, length: number): void {
  if (physical === "int16") copyEvery(to, new Int16Array(buffer, from, length), 1);
  else {
    const words = physicalBytes[physical] / 4;
    copyEvery(to, new Int32Array(buffer, from, length * words), words);
  }
}

function copyEvery(to: NarrowArray, from: NarrowArray, step: number): void;
function copyEvery(to: BigInt64Array, from: BigInt64Array, step: number): void;
function copyEvery(to: NarrowArray | BigInt64Array, from: NarrowArray | BigInt64Array, step: number): void {
  for (let index = 0, at = 0; index < to.length; index++, at += step) to[index] = from[at] ?? 0;
}

function arrayOf(physical: PhysicalType, buffer: ArrayBufferLike, offset: number, length: number): NarrowArray | BigInt64Array {
  switch (physical) {
    case "int8":
      return new Int8Array(buffer, offset, length);
    case "int16":
      return new Int16Array(buffer, offset, length);
    case "int32":
      return new Int32Array(buffer, offset, length);
    default:
      return new BigInt64Array(buffer, offset, length);
  }
}
