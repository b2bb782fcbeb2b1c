/**
 * Type of a value on the stack, in a local, a parameter or a result. An `address` is an i32, or an i64 in a module with
 * 64-bit memory; code that keeps the two apart runs on both.
 */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "address";

/** What may stand for a constant of a type: i64 takes bigints and safe integers. Vectors have no literals. */
export type Literal<T extends ValueType> = {
  i32: number;
  i64: number | bigint;
  f32: number;
  f64: number;
  v128: never;
  address: number;
}[T];

/** Code of a type in the binary format. */
export function typeCode(type: ValueType, memory64: boolean): number {
  switch (type) {
    case "i32":
      return 0x7f;
    case "i64":
      return 0x7e;
    case "f32":
      return 0x7d;
    case "f64":
      return 0x7c;
    case "v128":
      return 0x7b;
    case "address":
      return memory64 ? 0x7e : 0x7f;
  }
}
