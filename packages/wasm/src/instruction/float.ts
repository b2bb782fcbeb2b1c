import { constant, type Expression } from "./expression.ts";
import { binary, type Binary, family, type Family, load, type Load, unary, type Unary } from "./operation.ts";

const functions = "abs neg ceil floor trunc nearest sqrt";
const arithmetic = "add sub mul div min max copysign";
const comparisons = "eq ne lt gt le ge";
const fromI32 = "convert_i32_s convert_i32_u";
const fromI64 = "convert_i64_s convert_i64_u";

/** What f32 and f64 have in common. `nearest` rounds half to even; `min` and `max` give NaN when either operand is NaN. */
export type FloatOperations<T extends "f32" | "f64"> = Family<typeof functions, Unary<T>> &
  Family<typeof arithmetic, Binary<T>> &
  Family<typeof comparisons, Binary<T, "i32">> &
  Family<typeof fromI32, Unary<"i32", T>> &
  Family<typeof fromI64, Unary<"i64", T>> & {
    readonly const: (value: number) => Expression<T>;
    readonly load: Load<T>;
  };

function float<T extends "f32" | "f64">(type: T): FloatOperations<T> {
  return {
    ...family(type, functions, unary(type, type)),
    ...family(type, arithmetic, binary(type, type, type)),
    ...family(type, comparisons, binary(type, type, "i32")),
    ...family(type, fromI32, unary("i32", type)),
    ...family(type, fromI64, unary("i64", type)),
    const: (value) => constant(type, value),
    load: load(type)(`${type}.load`),
  };
}

/** Instructions on single precision numbers. */
export const f32: FloatOperations<"f32"> & {
  readonly demote_f64: Unary<"f64", "f32">;
  readonly reinterpret_i32: Unary<"i32", "f32">;
} = {
  ...float("f32"),
  ...family("f32", "demote_f64", unary("f64", "f32")),
  ...family("f32", "reinterpret_i32", unary("i32", "f32")),
};

/** Instructions on double precision numbers. */
export const f64: FloatOperations<"f64"> & {
  readonly promote_f32: Unary<"f32", "f64">;
  readonly reinterpret_i64: Unary<"i64", "f64">;
} = {
  ...float("f64"),
  ...family("f64", "promote_f32", unary("f32", "f64")),
  ...family("f64", "reinterpret_i64", unary("i64", "f64")),
};
