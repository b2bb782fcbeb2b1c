import fc from "fast-check";
import { expect, test } from "vitest";
import { type Running, start } from "../../test/model/harness.ts";
import { type Expression, type FunctionWriter, i32, i64, int128, type Int128, type Int128Local, ModuleWriter } from "../index.ts";
import { int128Division, int128DivisionByI64 } from "./int128-division.ts";

/** Numbers of any length up to `bits`, so that small ones, and halves of only zeros or ones, are as likely as large ones. */
function integers(bits: number): fc.Arbitrary<bigint> {
  const any = fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
  const edges = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, 2n ** 95n];
  const near = fc.tuple(fc.nat(bits - 2), fc.integer({ min: -2, max: 2 })).map(([power, more]) => 2n ** BigInt(power) + BigInt(more));
  const short = fc.tuple(any, fc.nat(bits - 1)).map(([value, shift]) => value >> BigInt(shift));
  return fc
    .oneof(
      any,
      short,
      near,
      near.map((value) => -value),
      fc.constantFrom(...edges),
    )
    .map((value) => BigInt.asIntN(bits, value));
}

const wide = integers(128);
const narrow = integers(64);

const at = { a: 0, b: 16, out: 32, rest: 48 } as const;

/** What writes the result of two operands to a target, which is the first operand itself or another variable. */
type Write = (f: FunctionWriter, target: Int128Local, a: Int128, b: Int128) => void;

/** Exports `name`: operands from memory, the result back to it. In place and not, from variables and from memory directly. */
function exportOperation(module: ModuleWriter, name: string, write: Write): void {
  for (const way of ["fresh", "inPlace", "inPlaceOfRight", "direct"] as const) {
    const run = module.function(`${name}.${way}`, { params: {}, results: [] }, (f) => {
      const a = int128.local(f, "a");
      const b = int128.local(f, "b");
      int128.set(f, a, int128.load(at.a));
      int128.set(f, b, int128.load(at.b));
      const target = way === "inPlace" ? a : way === "inPlaceOfRight" ? b : int128.local(f, "target");
      if (way === "direct") write(f, target, int128.load(at.a), int128.load(at.b));
      else write(f, target, a, b);
      int128.store(f, at.out, target);
    });
    module.exportFunction(run);
  }
}

function exportTest(module: ModuleWriter, name: string, condition: (a: Int128, b: Int128) => Expression<"i32">): void {
  const run = module.function(name, { params: {}, results: ["i32"] }, (f) => {
    const a = int128.local(f);
    const b = int128.local(f);
    int128.set(f, a, int128.load(at.a));
    int128.set(f, b, int128.load(at.b));
    return condition(a, b);
  });
  module.exportFunction(run);
}

function write128({ view }: Running, position: number, value: bigint): void {
  view.setBigInt64(position, BigInt.asIntN(64, value), true);
  view.setBigInt64(position + 8, BigInt.asIntN(64, value >> 64n), true);
}

function read128({ view }: Running, position: number): bigint {
  return (view.getBigInt64(position + 8, true) << 64n) | view.getBigUint64(position, true);
}

function writer(): ModuleWriter {
  const module = new ModuleWriter({ names: true });
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  return module;
}

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

const operations: Readonly<Record<string, { readonly write: Write; readonly model: (a: bigint, b: bigint) => bigint }>> = {
  set: { write: (f, target, a) => int128.set(f, target, a), model: (a) => a },
  setI64: { write: (f, target, a) => int128.setI64(f, target, a.low), model: (a) => BigInt.asIntN(64, a) },
  add: { write: int128.add, model: (a, b) => a + b },
  addI64: { write: (f, target, a, b) => int128.addI64(f, target, a, b.low), model: (a, b) => a + BigInt.asIntN(64, b) },
  sub: { write: int128.sub, model: (a, b) => a - b },
  neg: { write: (f, target, a) => int128.neg(f, target, a), model: (a) => -a },
  mul: { write: int128.mul, model: (a, b) => a * b },
  mulI64: {
    write: (f, target, a, b) => int128.mulI64(f, target, a.low, b.low),
    model: (a, b) => BigInt.asIntN(64, a) * BigInt.asIntN(64, b),
  },
  mulU64: { write: (f, target, a, b) => int128.mulU64(f, target, a.low, b.low), model: (a, b) => u64(a) * u64(b) },
};

test("arithmetic is BigInt's, cut to 128 bits", () => {
  const module = writer();
  for (const [name, { write }] of Object.entries(operations)) exportOperation(module, name, write);
  const running = start(module);
  fc.assert(
    fc.property(wide, wide, (a, b) => {
      for (const [name, { model }] of Object.entries(operations)) {
        for (const way of ["fresh", "inPlace", "inPlaceOfRight", "direct"]) {
          write128(running, at.a, a);
          write128(running, at.b, b);
          running.call(`${name}.${way}`);
          expect(read128(running, at.out), `${a} ${name} ${b}, ${way}`).toBe(BigInt.asIntN(128, model(a, b)));
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("comparisons are BigInt's", () => {
  const module = writer();
  const tests = {
    eq: (a: bigint, b: bigint) => a === b,
    lt_s: (a: bigint, b: bigint) => a < b,
    lt_u: (a: bigint, b: bigint) => BigInt.asUintN(128, a) < BigInt.asUintN(128, b),
    isNegative: (a: bigint) => a < 0n,
    fitsI64: (a: bigint) => a === BigInt.asIntN(64, a),
  };
  exportTest(module, "eq", int128.eq);
  exportTest(module, "lt_s", int128.lt_s);
  exportTest(module, "lt_u", int128.lt_u);
  exportTest(module, "isNegative", int128.isNegative);
  exportTest(module, "fitsI64", int128.fitsI64);
  const running = start(module);
  const pair = fc.oneof(
    fc.tuple(wide, wide),
    wide.map((a): [bigint, bigint] => [a, a]),
    fc.tuple(wide, narrow).map(([a, b]): [bigint, bigint] => [a, (a & ~(2n ** 64n - 1n)) | u64(b)]),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      write128(running, at.a, a);
      write128(running, at.b, b);
      for (const [name, model] of Object.entries(tests)) expect(running.call(name), `${a} ${name} ${b}`).toBe(Number(model(a, b)));
    }),
    { numRuns: 2000 },
  );
  expect(() => int128.lt_s(int128.load(0), int128.const(1n))).toThrow("read twice");
  expect(() => int128.fitsI64(int128.load(0))).toThrow("read twice");
});

test("constants, and swapping halves", () => {
  const module = writer();
  const values = [0n, -1n, 2n ** 127n - 1n, -(2n ** 127n), 2n ** 64n, -(2n ** 64n), 12345678901234567890123456789n];
  values.forEach((value, index) => {
    const run = module.function(`value${index}`, { params: {}, results: [] }, (f) => int128.store(f, at.out, int128.const(value)));
    module.exportFunction(run);
  });
  const swap = module.function("swap", { params: {}, results: [] }, (f) => {
    const a = int128.local(f);
    int128.set(f, a, int128.const(1n));
    int128.set(f, a, { low: a.high, high: a.low });
    int128.store(f, at.out, a);
    int128.free(f, a);
  });
  module.exportFunction(swap);
  const running = start(module);
  values.forEach((value, index) => {
    running.call(`value${index}`);
    expect(read128(running, at.out)).toBe(value);
  });
  running.call("swap");
  expect(read128(running, at.out)).toBe(2n ** 64n);
});

test("division rounds towards zero, as BigInt's", () => {
  const module = writer();
  const divide = int128Division(module);
  const divideByI64 = int128DivisionByI64(module);
  expect(int128Division(module)).toBe(divide);
  const both = module.function("divide", { params: {}, results: [] }, (f) => {
    const a = int128.load(at.a);
    const b = int128.load(at.b);
    const quotient = int128.local(f);
    const rest = int128.local(f);
    f.callInto(divide, { low: a.low, high: a.high, byLow: b.low, byHigh: b.high }, [quotient.low, quotient.high, rest.low, rest.high]);
    int128.store(f, at.out, quotient);
    int128.store(f, at.rest, rest);
  });
  const narrowly = module.function("divideByI64", { params: {}, results: [] }, (f) => {
    const a = int128.load(at.a);
    const quotient = int128.local(f);
    const rest = int128.local(f);
    f.callInto(divideByI64, { low: a.low, high: a.high, by: i64.load(at.b) }, [quotient.low, quotient.high, rest.low]);
    int128.setI64(f, rest, rest.low);
    int128.store(f, at.out, quotient);
    int128.store(f, at.rest, rest);
  });
  module.exportFunction(both);
  module.exportFunction(narrowly);
  const running = start(module);
  const check = (name: string, a: bigint, b: bigint): void => {
    write128(running, at.a, a);
    write128(running, at.b, b);
    if (b === 0n) {
      expect(() => running.call(name)).toThrow(WebAssembly.RuntimeError);
      return;
    }
    running.call(name);
    expect(read128(running, at.out), `${a} / ${b}`).toBe(BigInt.asIntN(128, a / b));
    expect(read128(running, at.rest), `${a} % ${b}`).toBe(a % b);
  };
  fc.assert(
    fc.property(wide, wide, narrow, (a, b, c) => {
      check("divide", a, b);
      check("divide", a, c);
      check("divideByI64", a, c);
      // Quotients next to where a digit is estimated too large.
      check("divide", BigInt.asIntN(128, b * c), b);
      check("divide", BigInt.asIntN(128, b * c - 1n), b);
    }),
    { numRuns: 5000 },
  );
});

test("a hundred rounds of sums of i64 do not lose a carry", () => {
  const module = writer();
  const sum = module.function("sum", { params: { rows: "i32", value: "i64" }, results: [] }, (f, { rows, value }) => {
    const total = int128.local(f, "total");
    const row = f.local("i32");
    f.for(row, 0, rows, () => int128.addI64(f, total, total, value));
    f.if(i32.eqz(rows), () => f.unreachable());
    int128.store(f, at.out, total);
  });
  module.exportFunction(sum);
  const running = start(module);
  for (const value of [2n ** 63n - 1n, -(2n ** 63n), -1n]) {
    running.call("sum", 100, value);
    expect(read128(running, at.out)).toBe(100n * value);
  }
});
