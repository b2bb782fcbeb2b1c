import { assert } from "@vonk/common/internal";
import type { DataType } from "../schema/data-type.ts";
import { MapValue, VariantValue, type SQLValue } from "../sql-value/sql-value.ts";
import type { ColumnVector } from "./column-vector.ts";

/** The value of a row. */
export type RowReader = (row: number) => SQLValue;

/** What reading needs of the memory in which vectors lie. */
export interface VectorMemory {
  readonly view: DataView;
  readonly bytes: Buffer;
}

/** Views on a segment's memory. */
export function vectorMemory(buffer: ArrayBufferLike): VectorMemory {
  return { view: new DataView(buffer), bytes: Buffer.from(buffer) };
}

/** Reads a vector's values one by one, as the interpreter has them. Costs a few nanoseconds a number, some fifty a text. */
export function vectorReader(vector: ColumnVector, memory: VectorMemory): RowReader {
  const values = vector.dictionary === undefined ? plainReader(vector, memory) : dictionaryReader(vector, vector.dictionary, memory);
  const { validity } = vector;
  if (validity === 0) return values;
  const { bytes } = memory;
  return (row) => (((bytes[validity + (row >> 3)] ?? 0) >> (row & 7)) & 1 ? values(row) : null);
}

/** Each dictionary value is decoded once. */
function dictionaryReader(vector: ColumnVector, dictionary: NonNullable<ColumnVector["dictionary"]>, memory: VectorMemory): RowReader {
  const read = vectorReader(dictionary.values, memory);
  const decoded: SQLValue[] = Array.from({ length: dictionary.values.length }, (_, code) => read(code));
  const { data } = vector;
  const { view } = memory;
  const code =
    dictionary.width === 1
      ? (row: number): number => view.getUint8(data + row)
      : dictionary.width === 2
        ? (row: number): number => view.getUint16(data + row * 2, true)
        : (row: number): number => view.getUint32(data + row * 4, true);
  return (row) => decoded[code(row)] ?? null;
}

function plainReader(vector: ColumnVector, memory: VectorMemory): RowReader {
  const { data } = vector;
  const { view } = memory;
  switch (vector.physical) {
    case "boolean":
      return (row) => view.getUint8(data + row) !== 0;
    case "int8":
      return integerReader(vector.dataType, (row) => view.getInt8(data + row));
    case "int16":
      return integerReader(vector.dataType, (row) => view.getInt16(data + row * 2, true));
    case "int32":
      return integerReader(vector.dataType, (row) => view.getInt32(data + row * 4, true));
    case "int64":
      return isBig(vector.dataType)
        ? (row) => view.getBigInt64(data + row * 8, true)
        : (row) => Number(view.getBigInt64(data + row * 8, true));
    case "int128":
      return (row) => (view.getBigInt64(data + row * 16 + 8, true) << 64n) | view.getBigUint64(data + row * 16, true);
    case "float32":
      return (row) => view.getFloat32(data + row * 4, true);
    case "float64":
      return (row) => view.getFloat64(data + row * 8, true);
    case "bytes":
      return bytesReader(vector, memory);
    case "list":
      return listReader(vector, memory);
    case "struct":
      return structReader(vector, memory);
  }
}

/** Types whose values are bigints whatever their width. */
function isBig(type: DataType): boolean {
  switch (type.kind) {
    case "long":
    case "decimal":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "day-time-interval":
      return true;
    default:
      return false;
  }
}

function integerReader(type: DataType, read: (row: number) => number): RowReader {
  return isBig(type) ? (row) => BigInt(read(row)) : read;
}

function bytesReader(vector: ColumnVector, memory: VectorMemory): RowReader {
  const { data, dataType } = vector;
  const { view, bytes } = memory;
  if (dataType.kind === "binary") {
    return (row) => {
      const at = view.getUint32(data + row * 8, true);
      return new Uint8Array(bytes.subarray(at, at + view.getUint32(data + row * 8 + 4, true)));
    };
  }
  return (row) => {
    const at = view.getUint32(data + row * 8, true);
    return bytes.toString("utf8", at, at + view.getUint32(data + row * 8 + 4, true));
  };
}

function listReader(vector: ColumnVector, memory: VectorMemory): RowReader {
  const { data, dataType } = vector;
  const { view } = memory;
  const readers = (vector.children ?? []).map((child) => vectorReader(child, memory));
  const [first, second] = readers;
  assert(first !== undefined, "a list vector has its elements");
  const part = (read: RowReader, row: number): SQLValue[] => {
    const start = view.getUint32(data + row * 8, true);
    return Array.from({ length: view.getUint32(data + row * 8 + 4, true) }, (_, index) => read(start + index));
  };
  if (dataType.kind !== "map" || second === undefined) return (row) => part(first, row);
  return (row) => new MapValue(part(first, row), part(second, row));
}

function structReader(vector: ColumnVector, memory: VectorMemory): RowReader {
  const readers = (vector.children ?? []).map((child) => vectorReader(child, memory));
  if (vector.dataType.kind !== "variant") return (row) => readers.map((read) => read(row));
  return (row) => {
    const [value, metadata] = readers.map((read) => read(row));
    assert(value instanceof Uint8Array && metadata instanceof Uint8Array, "a variant has its two parts");
    return new VariantValue(value, metadata);
  };
}
