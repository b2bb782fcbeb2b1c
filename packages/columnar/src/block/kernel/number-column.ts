import type { BufferPlan, ColumnPlan, LengthType, NumberType } from "../column-shape.ts";

/** A column of numbers in the narrowest form that keeps each value exactly, -0 and NaN included. */
export function planNumbers(values: Float64Array): ColumnPlan {
  const type = narrowestType(values);
  const bytes = values.length * widthOf(type);
  return { shape: { k: "num", t: type }, buffers: [{ bytes, write: (target) => viewOf(type, target).set(values) }] };
}

/** Lengths or codes, none negative, as narrow as their maximum allows. */
export function planLengths(values: Int32Array): { readonly type: LengthType; readonly buffer: BufferPlan } {
  let max = 0;
  for (let at = 0; at < values.length; at++) max = values[at]! > max ? values[at]! : max;
  const type = max < 256 ? "u8" : max < 65536 ? "u16" : "i32";
  const width = type === "u8" ? 1 : type === "u16" ? 2 : 4;
  return { type, buffer: { bytes: values.length * width, write: (target) => lengthsView(type, target).set(values) } };
}

/** A view of stored numbers. */
export function viewOf(type: NumberType, bytes: Uint8Array): Float64Array | Int32Array | Int16Array | Int8Array {
  switch (type) {
    case "f64":
      return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 3);
    case "i32":
      return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
    case "i16":
      return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 1);
    case "i8":
      return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** A view of stored lengths or codes. */
export function lengthsView(type: LengthType, bytes: Uint8Array): Int32Array | Uint16Array | Uint8Array {
  switch (type) {
    case "i32":
      return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
    case "u16":
      return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 1);
    case "u8":
      return bytes;
  }
}

/** Offsets from lengths: one more than there are lengths, beginning with 0. */
export function offsetsOf(lengths: Int32Array | Uint16Array | Uint8Array): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  let sum = 0;
  for (let at = 0; at < lengths.length; at++) {
    sum += lengths[at]!;
    offsets[at + 1] = sum;
  }
  return offsets;
}

/** For each value of a union, its place among the values with the same tag. */
export function ranksOf(tags: Uint8Array): Int32Array {
  const ranks = new Int32Array(tags.length);
  const next = new Int32Array(256);
  for (let at = 0; at < tags.length; at++) {
    const tag = tags[at]!;
    ranks[at] = next[tag]!;
    next[tag] = next[tag]! + 1;
  }
  return ranks;
}

function narrowestType(values: Float64Array): NumberType {
  let min = 0;
  let max = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    const integer = value | 0;
    // The division tells -0 from 0, which the comparison does not.
    if (integer !== value || (integer === 0 && 1 / value < 0)) return "f64";
    if (integer < min) min = integer;
    if (integer > max) max = integer;
  }
  if (min >= -128 && max <= 127) return "i8";
  return min >= -32768 && max <= 32767 ? "i16" : "i32";
}

function widthOf(type: NumberType): number {
  if (type === "f64") return 8;
  if (type === "i32") return 4;
  return type === "i16" ? 2 : 1;
}
