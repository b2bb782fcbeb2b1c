import { assert } from "@vonk/common/internal";

/** A value of a test: bigint for i64, number for i32 (signed), f32, f64, 16 bytes for v128. */
export type Value = number | bigint | Uint8Array;

/** Types of values in tests. */
export type TestType = "i32" | "i64" | "f32" | "f64" | "v128";

/** Bytes of a value in memory. */
export const widths: Readonly<Record<TestType, number>> = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

export function writeValue(view: DataView, at: number, type: TestType, value: Value): void {
  if (type === "i64") view.setBigInt64(at, BigInt.asIntN(64, bigintOf(value)), true);
  else if (type === "i32") view.setInt32(at, numberOf(value), true);
  else if (type === "f32") view.setFloat32(at, numberOf(value), true);
  else if (type === "f64") view.setFloat64(at, numberOf(value), true);
  else new Uint8Array(view.buffer, view.byteOffset + at, 16).set(bytesOf(value));
}

export function readValue(view: DataView, at: number, type: TestType): Value {
  if (type === "i64") return view.getBigInt64(at, true);
  if (type === "i32") return view.getInt32(at, true);
  if (type === "f32") return view.getFloat32(at, true);
  if (type === "f64") return view.getFloat64(at, true);
  return new Uint8Array(view.buffer, view.byteOffset + at, 16).slice();
}

export function numberOf(value: Value | undefined): number {
  assert(typeof value === "number", "a number");
  return value;
}

export function bigintOf(value: Value | undefined): bigint {
  assert(typeof value === "bigint", "a bigint");
  return value;
}

export function bytesOf(value: Value | undefined): Uint8Array {
  assert(value instanceof Uint8Array, "a vector");
  return value;
}

/** How lanes of a vector are read. */
export type Lane = "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

export const laneBytes: Readonly<Record<Lane, number>> = { i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 };

/** Lanes of a vector, integers as signed bigints, floats as numbers. */
export function lanesOf(vector: Value | undefined, lane: Lane): (bigint | number)[] {
  const bytes = bytesOf(vector);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return Array.from({ length: 16 / laneBytes[lane] }, (_, index) => readLane(view, index * laneBytes[lane], lane));
}

export function integerLanes(vector: Value | undefined, lane: Lane): bigint[] {
  return lanesOf(vector, lane).map((each) => BigInt(each));
}

export function floatLanes(vector: Value | undefined, lane: Lane): number[] {
  return lanesOf(vector, lane).map(Number);
}

export function readLane(view: DataView, at: number, lane: Lane): bigint | number {
  if (lane === "f32") return view.getFloat32(at, true);
  if (lane === "f64") return view.getFloat64(at, true);
  if (lane === "i64") return view.getBigInt64(at, true);
  return BigInt(lane === "i32" ? view.getInt32(at, true) : lane === "i16" ? view.getInt16(at, true) : view.getInt8(at));
}

/** A vector of lanes; integers are cut to their width. */
export function vectorOf(lane: Lane, lanes: readonly (bigint | number)[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  lanes.forEach((value, index) => writeLane(view, index * laneBytes[lane], lane, value));
  return new Uint8Array(view.buffer);
}

export function writeLane(view: DataView, at: number, lane: Lane, value: bigint | number): void {
  if (lane === "f32") view.setFloat32(at, Number(value), true);
  else if (lane === "f64") view.setFloat64(at, Number(value), true);
  else if (lane === "i64") view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
  else if (lane === "i32") view.setInt32(at, Number(BigInt.asIntN(32, BigInt(value))), true);
  else if (lane === "i16") view.setInt16(at, Number(BigInt.asIntN(16, BigInt(value))), true);
  else view.setInt8(at, Number(BigInt.asIntN(8, BigInt(value))));
}

/** Whether two values are the same, NaNs of any bits taken as one. */
export function sameValue(a: Value, b: Value, lane?: Lane): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const other = lanesOf(b, lane ?? "i8");
    return lanesOf(a, lane ?? "i8").every((each, index) => Object.is(each, other[index]));
  }
  return Object.is(a, b);
}
