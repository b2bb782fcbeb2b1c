import { atomics, type Atomics, wideAtomics, type WideAtomics } from "./atomic.ts";
import { constant, type Expression } from "./expression.ts";
import { binary, type Binary, family, type Family, load, type Load, unary, type Unary } from "./operation.ts";
import type { Literal } from "./value-type.ts";

const bits = "clz ctz popcnt extend8_s extend16_s";
const arithmetic = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const comparisons = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const loads = "load load8_s load8_u load16_s load16_u";
const wideLoads = "load32_s load32_u";
const fromF32 = "trunc_f32_s trunc_f32_u trunc_sat_f32_s trunc_sat_f32_u";
const fromF64 = "trunc_f64_s trunc_f64_u trunc_sat_f64_s trunc_sat_f64_u";
const widened = "extend_i32_s extend_i32_u";

/** What i32 and i64 have in common. `_s` reads the bits as signed, `_u` as unsigned. */
export type IntegerOperations<T extends "i32" | "i64"> = Family<typeof bits, Unary<T>> &
  Family<typeof arithmetic, Binary<T>> &
  Family<typeof comparisons, Binary<T, "i32">> &
  Family<typeof loads, Load<T>> &
  Family<typeof fromF32, Unary<"f32", T>> &
  Family<typeof fromF64, Unary<"f64", T>> & {
    readonly const: (value: Literal<T>) => Expression<T>;
    /** 1 for zero, else 0. */
    readonly eqz: Unary<T, "i32">;
  };

function integer<T extends "i32" | "i64">(type: T): IntegerOperations<T> {
  return {
    ...family(type, bits, unary(type, type)),
    ...family(type, arithmetic, binary(type, type, type)),
    ...family(type, comparisons, binary(type, type, "i32")),
    ...family(type, loads, load(type)),
    ...family(type, fromF32, unary("f32", type)),
    ...family(type, fromF64, unary("f64", type)),
    const: (value) => constant(type, value),
    eqz: unary(type, "i32" as const)(`${type}.eqz`),
  };
}

/** Instructions on 32-bit integers. */
export const i32: IntegerOperations<"i32"> & {
  readonly wrap_i64: Unary<"i64", "i32">;
  readonly reinterpret_f32: Unary<"f32", "i32">;
  readonly atomic: Atomics<"i32">;
} = {
  ...integer("i32"),
  ...family("i32", "wrap_i64", unary("i64", "i32")),
  ...family("i32", "reinterpret_f32", unary("f32", "i32")),
  atomic: atomics("i32"),
};

/** Instructions on 64-bit integers. */
export const i64: IntegerOperations<"i64"> &
  Family<typeof widened, Unary<"i32", "i64">> &
  Family<typeof wideLoads, Load<"i64">> & {
    readonly extend32_s: Unary<"i64">;
    readonly reinterpret_f64: Unary<"f64", "i64">;
    readonly atomic: Atomics<"i64"> & WideAtomics;
  } = {
  ...integer("i64"),
  ...family("i64", widened, unary("i32", "i64")),
  ...family("i64", wideLoads, load("i64")),
  ...family("i64", "extend32_s", unary("i64", "i64")),
  ...family("i64", "reinterpret_f64", unary("f64", "i64")),
  atomic: { ...atomics("i64"), ...wideAtomics() },
};
