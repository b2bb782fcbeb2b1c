import type { Expression, Local } from "../instruction/expression.ts";
import { i32, i64 } from "../instruction/integer.ts";
import type { FunctionWriter } from "../module/function-writer.ts";
import type { ModuleWriter } from "../module/module-writer.ts";
import type { FunctionReference } from "../module/signature.ts";
import { int128, type Int128, type Int128Local } from "./int128.ts";

type I64 = Expression<"i64">;

/** Halves of dividend and divisor. */
type Halves = { readonly low: "i64"; readonly high: "i64"; readonly byLow: "i64"; readonly byHigh: "i64" };

/** Quotient and remainder of a 128-bit integer by another: low and high of each. */
export type Int128Division = FunctionReference<Halves, readonly ["i64", "i64", "i64", "i64"]>;

/** Quotient, low and high, and remainder of a 128-bit integer by an i64. */
export type Int128DivisionByI64 = FunctionReference<
  { readonly low: "i64"; readonly high: "i64"; readonly by: "i64" },
  readonly ["i64", "i64", "i64"]
>;

/** The functions of a module, made when they are first asked for. */
function perModule<F extends object>(make: (module: ModuleWriter) => F): (module: ModuleWriter) => F {
  const made = new WeakMap<ModuleWriter, F>();
  return (module) => {
    let found = made.get(module);
    if (found === undefined) {
      found = make(module);
      made.set(module, found);
    }
    return found;
  };
}

/**
 * The module's function that divides signed 128-bit integers, rounding towards zero; the remainder has the sign of the dividend. Traps when the
 * divisor is 0; -2^127 / -1 wraps.
 */
export const int128Division: (module: ModuleWriter) => Int128Division = perModule((module) => {
  const divide = unsignedDivision(module);
  return module.function(
    "int128.div_s",
    { params: { low: "i64", high: "i64", byLow: "i64", byHigh: "i64" }, results: ["i64", "i64", "i64", "i64"] },
    (f, { low, high, byLow, byHigh }) => {
      const remainderIsNegative = f.let(i64.lt_s(high, 0));
      const quotientIsNegative = f.let(i64.lt_s(i64.xor(high, byHigh), 0));
      const dividend = { low, high };
      const divisor = { low: byLow, high: byHigh };
      negateIf(f, remainderIsNegative, dividend);
      negateIf(f, int128.isNegative(divisor), divisor);
      const quotient = int128.local(f);
      const remainder = int128.local(f);
      f.callInto(divide, { low, high, byLow, byHigh }, [quotient.low, quotient.high, remainder.low, remainder.high]);
      negateIf(f, quotientIsNegative, quotient);
      negateIf(f, remainderIsNegative, remainder);
      return [quotient.low, quotient.high, remainder.low, remainder.high];
    },
  );
});

/** As {@link int128Division}, by a signed i64. */
export const int128DivisionByI64: (module: ModuleWriter) => Int128DivisionByI64 = perModule((module) => {
  const divide = unsignedDivisionBy64(module);
  return module.function(
    "int128.div_i64_s",
    { params: { low: "i64", high: "i64", by: "i64" }, results: ["i64", "i64", "i64"] },
    (f, { low, high, by }) => {
      const remainderIsNegative = f.let(i64.lt_s(high, 0));
      const quotientIsNegative = f.let(i64.lt_s(i64.xor(high, by), 0));
      negateIf(f, remainderIsNegative, { low, high });
      f.if(i64.lt_s(by, 0), () => f.set(by, i64.sub(0, by)));
      const quotient = int128.local(f);
      const remainder = f.local("i64");
      f.callInto(divide, { low, high, by }, [quotient.low, quotient.high, remainder]);
      negateIf(f, quotientIsNegative, quotient);
      f.if(remainderIsNegative, () => f.set(remainder, i64.sub(0, remainder)));
      return [quotient.low, quotient.high, remainder];
    },
  );
});

function negateIf(f: FunctionWriter, condition: Expression<"i32">, value: Int128Local): void {
  f.if(condition, () => int128.neg(f, value, value));
}

/**
 * Unsigned division. A divisor of 64 bits goes the way of long division; for a larger one the quotient fits an i64, and the upper 64 bits of the
 * normalised divisor estimate it to one too many at most (H. S. Warren, Hacker's Delight, 9-5).
 */
const unsignedDivision: (module: ModuleWriter) => Int128Division = perModule((module) => {
  const by64 = unsignedDivisionBy64(module);
  const wide = wideDivision(module);
  return module.function(
    "int128.div_u",
    { params: { low: "i64", high: "i64", byLow: "i64", byHigh: "i64" }, results: ["i64", "i64", "i64", "i64"] },
    (f, { low, high, byLow, byHigh }) => {
      const quotient = int128.local(f, "quotient");
      const remainder = int128.local(f, "remainder");
      const dividend = { low, high };
      const divisor = { low: byLow, high: byHigh };
      f.if(
        i64.eqz(byHigh),
        () => {
          f.callInto(by64, { low, high, by: byLow }, [quotient.low, quotient.high, remainder.low]);
          f.set(remainder.high, 0);
        },
        () => {
          const zeros = f.let(i64.clz(byHigh), "zeros");
          f.callInto(
            wide,
            {
              high: i64.shr_u(high, 1),
              low: i64.or(i64.shr_u(low, 1), i64.shl(high, 63)),
              by: upperBits(divisor, zeros),
            },
            [quotient.low, remainder.low],
          );
          f.set(quotient.low, i64.shr_u(quotient.low, i64.sub(63, zeros)));
          f.if(i64.ne(quotient.low, 0), () => f.set(quotient.low, i64.sub(quotient.low, 1)));
          f.set(quotient.high, 0);
          int128.mul(f, remainder, quotient, divisor);
          int128.sub(f, remainder, dividend, remainder);
          f.if(i32.eqz(int128.lt_u(remainder, divisor)), () => {
            f.set(quotient.low, i64.add(quotient.low, 1));
            int128.sub(f, remainder, remainder, divisor);
          });
        },
      );
      return [quotient.low, quotient.high, remainder.low, remainder.high];
    },
  );
});

/** The high half after a shift to the left by 0 to 63. */
function upperBits({ low, high }: Int128, shift: Local<"i64">): I64 {
  return i64.or(i64.shl(high, shift), i64.shr_u(i64.shr_u(low, 1), i64.sub(63, shift)));
}

const unsignedDivisionBy64: (module: ModuleWriter) => Int128DivisionByI64 = perModule((module) => {
  const wide = wideDivision(module);
  return module.function(
    "int128.div_u64",
    { params: { low: "i64", high: "i64", by: "i64" }, results: ["i64", "i64", "i64"] },
    (f, { low, high, by }) => {
      const quotient = int128.local(f, "quotient");
      const remainder = f.local("i64", "remainder");
      f.if(
        i64.eqz(high),
        () => {
          f.set(quotient.low, i64.div_u(low, by));
          f.set(quotient.high, 0);
          f.set(remainder, i64.sub(low, i64.mul(quotient.low, by)));
        },
        () => {
          f.set(quotient.high, i64.div_u(high, by));
          f.set(high, i64.sub(high, i64.mul(quotient.high, by)));
          f.callInto(wide, { low, high, by }, [quotient.low, remainder]);
        },
      );
      return [quotient.low, quotient.high, remainder];
    },
  );
});

/** 128 bits by 64 where the high half is less than the divisor, so that the quotient fits an i64. */
type WideDivision = FunctionReference<{ readonly low: "i64"; readonly high: "i64"; readonly by: "i64" }, readonly ["i64", "i64"]>;

/** Long division with two digits of 32 bits (D. E. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D). */
const wideDivision: (module: ModuleWriter) => WideDivision = perModule((module) =>
  module.function(
    "int128.div_wide",
    { params: { low: "i64", high: "i64", by: "i64" }, results: ["i64", "i64"] },
    (f, { low, high, by }) => {
      const zeros = f.let(i64.clz(by), "zeros");
      f.set(high, upperBits({ low, high }, zeros));
      f.set(low, i64.shl(low, zeros));
      f.set(by, i64.shl(by, zeros));
      const upper = quotientDigit(f, high, i64.shr_u(low, 32), by);
      const lower = quotientDigit(f, high, i64.and(low, 0xffff_ffff), by);
      return [i64.add(i64.shl(upper, 32), lower), i64.shr_u(high, zeros)];
    },
  ),
);

/** One digit of `rest * 2^32 + next` by a normalised divisor; `rest` becomes what remains. */
function quotientDigit(f: FunctionWriter, rest: Local<"i64">, next: I64, by: Local<"i64">): Local<"i64"> {
  const digit = f.let(i64.div_u(rest, i64.shr_u(by, 32)));
  f.scope(() => {
    const over = f.let(i64.sub(rest, i64.mul(digit, i64.shr_u(by, 32))));
    const tooLarge = i32.or(
      i64.ge_u(digit, 0x1_0000_0000),
      i64.gt_u(i64.mul(digit, i64.and(by, 0xffff_ffff)), i64.or(i64.shl(over, 32), next)),
    );
    f.while(tooLarge, ({ exit }) => {
      f.set(digit, i64.sub(digit, 1));
      f.set(over, i64.add(over, i64.shr_u(by, 32)));
      f.brIf(exit, i64.ge_u(over, 0x1_0000_0000));
    });
    f.set(rest, i64.sub(i64.or(i64.shl(rest, 32), next), i64.mul(digit, by)));
  });
  return digit;
}
