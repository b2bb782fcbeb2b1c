import { assert } from "@vonk/common/internal";
import { type Expression, isRepeatable, type Local, type Operand } from "../instruction/expression.ts";
import { select } from "../instruction/control.ts";
import { i64 } from "../instruction/integer.ts";
import type { FunctionWriter } from "../module/function-writer.ts";

type I64 = Expression<"i64">;
type Condition = Expression<"i32">;
type Address = Operand<"address">;

/** A 128-bit integer as two halves. In memory it takes 16 bytes, the low half first. */
export interface Int128 {
  readonly low: I64;
  readonly high: I64;
}

/** A 128-bit variable. */
export interface Int128Local extends Int128 {
  readonly low: Local<"i64">;
  readonly high: Local<"i64">;
}

const half = 0xffff_ffffn;

/**
 * Code for 128-bit integers in two's complement: what takes a function writes statements, the rest are expressions. Results wrap.
 * A target may be one of the operands.
 */
export const int128: {
  readonly local: (f: FunctionWriter, name?: string) => Int128Local;
  readonly free: (f: FunctionWriter, local: Int128Local) => void;
  readonly const: (value: bigint) => Int128;
  readonly load: (address: Address, offset?: number) => Int128;
  readonly store: (f: FunctionWriter, address: Address, value: Int128, offset?: number) => void;
  readonly set: (f: FunctionWriter, target: Int128Local, value: Int128) => void;
  /** Sets a signed i64. */
  readonly setI64: (f: FunctionWriter, target: Int128Local, value: I64) => void;
  readonly add: (f: FunctionWriter, target: Int128Local, a: Int128, b: Int128) => void;
  /** Adds a signed i64: what a sum of a column does a row. */
  readonly addI64: (f: FunctionWriter, target: Int128Local, a: Int128, b: I64) => void;
  readonly sub: (f: FunctionWriter, target: Int128Local, a: Int128, b: Int128) => void;
  readonly neg: (f: FunctionWriter, target: Int128Local, a: Int128) => void;
  /** The whole product of two signed i64: four multiplications. */
  readonly mulI64: (f: FunctionWriter, target: Int128Local, a: I64, b: I64) => void;
  /** The whole product of two unsigned i64. */
  readonly mulU64: (f: FunctionWriter, target: Int128Local, a: I64, b: I64) => void;
  /** The low 128 bits of a product. */
  readonly mul: (f: FunctionWriter, target: Int128Local, a: Int128, b: Int128) => void;
  /** Comparisons want constants or locals: halves are read twice. */
  readonly eq: (a: Int128, b: Int128) => Condition;
  readonly lt_s: (a: Int128, b: Int128) => Condition;
  readonly lt_u: (a: Int128, b: Int128) => Condition;
  readonly isNegative: (a: Int128) => Condition;
  /** Whether the low half alone, as a signed i64, is the same number. Wants a constant or a local. */
  readonly fitsI64: (a: Int128) => Condition;
} = {
  local: (f, name) => ({
    low: f.local("i64", name === undefined ? undefined : `${name}.low`),
    high: f.local("i64", name === undefined ? undefined : `${name}.high`),
  }),
  free: (f, { low, high }) => {
    f.free(low);
    f.free(high);
  },
  const: (value) => ({ low: i64.const(BigInt.asIntN(64, value)), high: i64.const(BigInt.asIntN(64, value >> 64n)) }),
  load: (address, offset = 0) => ({ low: i64.load(address, offset), high: i64.load(address, offset + 8) }),
  store: (f, address, { low, high }, offset = 0) => {
    f.store(address, low, offset);
    f.store(address, high, offset + 8);
  },
  set: (f, target, { low, high }) =>
    f.scope(() => {
      const kept = high === target.low ? f.let(high) : f.repeatable(high);
      f.set(target.low, low);
      f.set(target.high, kept);
    }),
  setI64: (f, target, value) => {
    f.set(target.low, value);
    f.set(target.high, i64.shr_s(target.low, 63));
  },
  add,
  addI64: (f, target, a, b) =>
    f.scope(() => {
      const low = f.repeatable(b);
      add(f, target, a, { low, high: i64.shr_s(low, 63) });
    }),
  sub,
  neg: (f, target, a) =>
    f.scope(() => {
      const low = f.repeatable(a.low);
      f.set(target.high, i64.sub(i64.sub(0, a.high), i64.extend_i32_u(i64.ne(low, 0))));
      f.set(target.low, i64.sub(0, low));
    }),
  mulI64: (f, target, a, b) => product(f, target, a, b, i64.shr_s),
  mulU64: (f, target, a, b) => product(f, target, a, b, i64.shr_u),
  mul,
  eq: (a, b) => i64.eqz(i64.or(i64.xor(a.low, b.low), i64.xor(a.high, b.high))),
  lt_s: (a, b) => lessThan(a, b, i64.lt_s),
  lt_u: (a, b) => lessThan(a, b, i64.lt_u),
  isNegative: ({ high }) => i64.lt_s(high, 0),
  fitsI64: ({ low, high }) => {
    assert(isRepeatable(low), "what is read twice is a constant or a local");
    return i64.eq(high, i64.shr_s(low, 63));
  },
};

function add(f: FunctionWriter, target: Int128Local, a: Int128, b: Int128): void {
  f.scope(() => {
    const low = f.repeatable(a.low);
    const sum = f.let(i64.add(low, b.low));
    f.set(target.high, i64.add(i64.add(a.high, b.high), i64.extend_i32_u(i64.lt_u(sum, low))));
    f.set(target.low, sum);
  });
}

function sub(f: FunctionWriter, target: Int128Local, a: Int128, b: Int128): void {
  f.scope(() => {
    const low = f.repeatable(a.low);
    const taken = f.repeatable(b.low);
    f.set(target.high, i64.sub(i64.sub(a.high, b.high), i64.extend_i32_u(i64.lt_u(low, taken))));
    f.set(target.low, i64.sub(low, taken));
  });
}

/** Products of 32-bit halves, the upper ones signed or not by the shift, summed with their carries. */
function product(f: FunctionWriter, target: Int128Local, left: I64, right: I64, shift: typeof i64.shr_s): void {
  f.scope(() => {
    const a = f.repeatable(left);
    const b = f.repeatable(right);
    const aLow = f.let(i64.and(a, half));
    const aHigh = f.let(shift(a, 32));
    const bLow = f.let(i64.and(b, half));
    const bHigh = f.let(shift(b, 32));
    const middle = f.let(i64.add(i64.mul(aHigh, bLow), i64.shr_u(i64.mul(aLow, bLow), 32)));
    const other = f.let(i64.add(i64.mul(aLow, bHigh), i64.and(middle, half)));
    const low = f.let(i64.mul(a, b));
    f.set(target.high, i64.add(i64.add(i64.mul(aHigh, bHigh), shift(middle, 32)), shift(other, 32)));
    f.set(target.low, low);
  });
}

function mul(f: FunctionWriter, target: Int128Local, a: Int128, b: Int128): void {
  f.scope(() => {
    const aLow = f.repeatable(a.low);
    const bLow = f.repeatable(b.low);
    const crossed = f.let(i64.add(i64.mul(aLow, b.high), i64.mul(a.high, bLow)));
    product(f, target, aLow, bLow, i64.shr_u);
    f.set(target.high, i64.add(target.high, crossed));
  });
}

function lessThan(a: Int128, b: Int128, highs: typeof i64.lt_s): Condition {
  assert(isRepeatable(a.high) && isRepeatable(b.high), "what is read twice is a constant or a local");
  return select(i64.eq(a.high, b.high), i64.lt_u(a.low, b.low), highs(a.high, b.high));
}
