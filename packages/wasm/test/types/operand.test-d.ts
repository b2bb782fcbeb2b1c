// Compiled by operand.test.ts: what operands, locals, calls and results may be.
import {
  address,
  call,
  f64,
  i32,
  i64,
  i64x2,
  type Expression,
  type Local,
  type ModuleWriter,
  select,
  tee,
  v128,
  when,
} from "../../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Holds only when both types are the same. */
declare function same<A, B>(proof: Equal<A, B>): void;

export function checks(module: ModuleWriter, narrow: Local<"i32">, wide: Local<"i64">, real: Local<"f64">, at: Local<"address">): void {
  const sum = i64.add(wide, 1n);
  same<typeof sum, Expression<"i64">>(true);
  const isLess = i64.lt_s(wide, 5);
  same<typeof isLess, Expression<"i32">>(true);
  const loaded = i64.load32_u(at, 8);
  same<typeof loaded, Expression<"i64">>(true);
  const element = address.at(at, narrow, 8);
  same<typeof element, Expression<"address">>(true);
  const chosen = select(isLess, wide, 0n);
  same<typeof chosen, Expression<"i64">>(true);

  // @ts-expect-error an i32 where an i64 is asked
  i64.add(wide, narrow);
  // @ts-expect-error a bigint is no i32
  i32.add(narrow, 1n);
  // @ts-expect-error a condition is an i32
  select(wide, narrow, narrow);
  // @ts-expect-error both values have one type
  when(narrow, wide, real);
  // @ts-expect-error an i32 is no address: address.of
  i64.load(narrow);
  // @ts-expect-error nor is an address an index
  address.at(at, at, 8);
  // @ts-expect-error an i64 is no f64
  f64.sqrt(wide);
  // @ts-expect-error vectors have no literals
  v128.and(i64x2.splat(1n), 0);
  // @ts-expect-error there are no unsigned comparisons of i64x2
  void i64x2.lt_u;
  // @ts-expect-error lanes of i64x2 are i64
  i64x2.splat(narrow);
  // @ts-expect-error a local keeps its type
  tee(narrow, wide);

  const divide = module.function("divide", { params: { a: "i32", b: "i32" }, results: ["i32", "i32"] }, (f, { a, b }) => {
    same<typeof a, Local<"i32">>(true);
    f.set(a, 1);
    // @ts-expect-error a local keeps its type
    f.set(a, wide);
    // @ts-expect-error an expression is no place
    f.set(i32.add(a, b), 1);
    // @ts-expect-error a condition is an i32
    f.if(wide, () => {});
    // @ts-expect-error the counter and its limit have one type
    f.for(a, 0, wide, () => {});
    // @ts-expect-error a number alone does not say how wide it is
    f.store(at, 0);
    // @ts-expect-error floats have no narrow stores
    f.store8(at, real);
    // @ts-expect-error two results
    f.return([a]);
    return [i32.div_s(a, b), i32.rem_s(a, b)];
  });
  const half = module.function("half", { params: { x: "f64" }, results: ["f64"] }, (_f, { x }) => f64.div(x, 2));
  const called = call(half, { x: 1 });
  same<typeof called, Expression<"f64">>(true);

  // @ts-expect-error a call of two results is no expression
  call(divide, { a: 1, b: 2 });
  // @ts-expect-error an argument is missing
  call(half, {});
  // @ts-expect-error arguments have types
  call(half, { x: wide });
  // @ts-expect-error parameters have names
  call(half, { y: 1 });
  module.function("callers", { params: {}, results: [] }, (f) => {
    f.callInto(divide, { a: 1, b: 2 }, [narrow, narrow]);
    // @ts-expect-error a local for each result
    f.callInto(divide, { a: 1, b: 2 }, [narrow]);
    // @ts-expect-error of its type
    f.callInto(divide, { a: 1, b: 2 }, [narrow, wide]);
    // @ts-expect-error a value is used or dropped
    f.call(half, { x: 1 });
  });
  // @ts-expect-error the result is an i64
  module.function("wrong", { params: {}, results: ["i64"] }, () => narrow);
  // @ts-expect-error the result is missing
  module.function("missing", { params: {}, results: ["i64"] }, () => {});
}
