import { describe, expect, test } from "vitest";
import { argument, start } from "../../test/model/harness.ts";
import { address, call, callIndirect, f64, i32, i64, type Local, ModuleWriter, select, tee, when } from "../index.ts";

/** A module on `env.memory`. */
function writer(memory64 = false): ModuleWriter {
  const module = new ModuleWriter({ memory64 });
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  return module;
}

describe("control", () => {
  test("if, with and without else", () => {
    const module = writer();
    const clamp = module.function("clamp", { params: { x: "i32" }, results: ["i32"] }, (f, { x }) => {
      f.if(i32.lt_s(x, 0), () => f.set(x, 0));
      f.if(
        i32.gt_s(x, 9),
        () => f.set(x, 9),
        () => f.set(x, i32.mul(x, 10)),
      );
      return x;
    });
    module.exportFunction(clamp);
    const { call: run } = start(module);
    expect([-5, 0, 3, 12].map((x) => run("clamp", x))).toEqual([0, 0, 30, 9]);
  });

  test.each([false, true])("for counts to a limit that is computed once, memory64 %s", (memory64) => {
    const module = writer(memory64);
    const count = module.function("count", { params: { from: "i32", to: "i32" }, results: ["i32"] }, (f, { from, to }) => {
      const i = f.local("i32");
      const rounds = f.local("i32");
      f.set(rounds, 0);
      f.for(i, from, i32.add(to, rounds), () => f.set(rounds, i32.add(rounds, 1)));
      return rounds;
    });
    const odd = module.function("odd", { params: { to: "i64" }, results: ["i64"] }, (f, { to }) => {
      const i = f.local("i64");
      const sum = f.local("i64");
      f.for(i, 1, to, () => f.set(sum, i64.add(sum, i)), 2);
      return sum;
    });
    const walk = module.function("walk", { params: { from: "address", to: "address" }, results: ["i64"] }, (f, { from, to }) => {
      const at = f.local("address");
      const sum = f.local("i64");
      f.for(at, from, to, () => f.set(sum, i64.add(sum, i64.load(at))), 8);
      return sum;
    });
    for (const each of [count, odd, walk]) module.exportFunction(each);
    const { call: run, view } = start(module);
    expect([run("count", 2, 5), run("count", 5, 5), run("count", -3, 2), run("count", 5, 2)]).toEqual([3, 0, 5, 0]);
    expect([run("odd", 8n), run("odd", -8n)]).toEqual([16n, 0n]);
    for (let at = 0; at < 5; at++) view.setBigInt64(64 + at * 8, BigInt(10 ** at), true);
    expect(run("walk", argument(module, 64), argument(module, 104))).toBe(11111n);
  });

  test("next and exit of loops", () => {
    const module = writer();
    const sum = module.function("sum", { params: { to: "i32" }, results: ["i32"] }, (f, { to }) => {
      const i = f.local("i32");
      const total = f.local("i32");
      f.for(i, 0, to, ({ next, exit }) => {
        f.brIf(next, i32.eq(i, 3));
        f.brIf(exit, i32.eq(i, 6));
        f.set(total, i32.add(total, i));
      });
      return total;
    });
    const collatz = module.function("collatz", { params: { n: "i64" }, results: ["i32"] }, (f, { n }) => {
      const steps = f.local("i32");
      f.while(i64.ne(n, 1), ({ next }) => {
        f.set(steps, i32.add(steps, 1));
        f.if(i32.wrap_i64(i64.and(n, 1)), () => {
          f.set(n, i64.add(i64.mul(n, 3), 1));
          f.br(next);
        });
        f.set(n, i64.shr_u(n, 1));
      });
      return steps;
    });
    const first = module.function("first", { params: { n: "i32" }, results: ["i32"] }, (f, { n }) => {
      f.block((exit) => {
        f.loop((again) => {
          f.brIf(exit, i32.eqz(i32.rem_u(n, 7)));
          f.set(n, i32.add(n, 1));
          f.br(again);
        });
      });
      return n;
    });
    for (const each of [sum, collatz, first]) module.exportFunction(each);
    const { call: run } = start(module);
    expect([run("sum", 3), run("sum", 5), run("sum", 100)]).toEqual([3, 7, 12]);
    expect([run("collatz", 1n), run("collatz", 27n)]).toEqual([0, 111]);
    expect(run("first", 22)).toBe(28);
  });

  test("switch takes one case, or the rest", () => {
    const module = writer();
    const name = module.function("name", { params: { x: "i32" }, results: ["i32"] }, (f, { x }) => {
      const out = f.local("i32");
      f.switch(x, [() => f.set(out, 10), () => f.return(11), () => f.set(out, 12)], () => f.set(out, 99));
      f.switch(x, [() => f.set(out, i32.add(out, 100))]);
      f.switch(x, [], () => f.set(out, i32.add(out, 1000)));
      return out;
    });
    module.exportFunction(name);
    const { call: run } = start(module);
    expect([0, 1, 2, 3, -1].map((x) => run("name", x))).toEqual([1110, 11, 1012, 1099, 1099]);
  });

  test("select computes both values, when only one", () => {
    const module = writer();
    const safe = module.function("safe", { params: { a: "i32", b: "i32" }, results: ["i32"] }, (_f, { a, b }) =>
      when(b, i32.div_s(a, b), i32.const(-1)),
    );
    const unsafe = module.function("unsafe", { params: { a: "i32", b: "i32" }, results: ["i32"] }, (_f, { a, b }) =>
      select(b, i32.div_s(a, b), -1),
    );
    for (const each of [safe, unsafe]) module.exportFunction(each);
    const { call: run } = start(module);
    expect([run("safe", 7, 2), run("safe", 7, 0), run("unsafe", 7, 2)]).toEqual([3, -1, 3]);
    expect(() => run("unsafe", 7, 0)).toThrow(WebAssembly.RuntimeError);
  });

  test("early returns and unreachable", () => {
    const module = writer();
    const pair = module.function("pair", { params: { x: "i32" }, results: ["i32", "f64"] }, (f, { x }) => {
      f.if(x, () => f.return([x, f64.convert_i32_s(x)]));
      f.unreachable();
      return [0, 0];
    });
    const nothing = module.function("nothing", { params: {}, results: [] }, (f) => f.return());
    for (const each of [pair, nothing]) module.exportFunction(each);
    const { call: run } = start(module);
    expect(run("pair", 3)).toEqual([3, 3]);
    expect(() => run("pair", 0)).toThrow("unreachable");
    expect(run("nothing")).toBeUndefined();
  });
});

describe("calls", () => {
  test("imports, recursion, several results, tables", () => {
    const module = writer();
    const seen: bigint[] = [];
    const log = module.importFunction("env", "log", { params: { x: "i64" }, results: [] });
    const twice = module.importFunction("env", "twice", { params: { x: "f64" }, results: ["f64"] });
    const factorial = module.declare("factorial", { params: { n: "i64" }, results: ["i64"] });
    module.define(factorial, (f, { n }) => {
      f.call(log, { x: n });
      return when(i64.eqz(n), i64.const(1), i64.mul(n, call(factorial, { n: i64.sub(n, 1) })));
    });
    const divide = module.function("divide", { params: { b: "i32", a: "i32" }, results: ["i32", "i32"] }, (_f, { a, b }) => [
      i32.div_u(a, b),
      i32.rem_u(a, b),
    ]);
    const digits = module.function("digits", { params: { n: "i32" }, results: ["i32"] }, (f, { n }) => {
      const rest = f.local("i32");
      const sum = f.local("i32");
      f.while(n, () => {
        f.callInto(divide, { a: n, b: 10 }, [n, rest]);
        f.set(sum, i32.add(sum, rest));
      });
      return sum;
    });
    const signature = module.signature({ params: { x: "f64" }, results: ["f64"] });
    const half = module.function("half", { params: { x: "f64" }, results: ["f64"] }, (_f, { x }) => f64.div(x, 2));
    const table = module.table([twice, half, log]);
    const apply = module.function("apply", { params: { which: "i32", x: "f64" }, results: ["f64"] }, (f, { which, x }) => {
      f.callIndirect(table, module.signature({ params: { x: "i64" }, results: [] }), 2, { x: i64.trunc_f64_s(x) });
      return callIndirect(table, signature, which, { x });
    });
    for (const each of [factorial, digits, apply]) module.exportFunction(each);
    module.exportTable(table, "table");
    const { call: run } = start(module, { log: (x: bigint) => seen.push(x), twice: (x: number) => x * 2 });
    expect(run("factorial", 20n)).toBe(2432902008176640000n);
    expect(seen.slice(0, 3)).toEqual([20n, 19n, 18n]);
    expect(run("digits", 90817)).toBe(25);
    expect([run("apply", 0, 5), run("apply", 1, 5), seen.at(-1)]).toEqual([10, 2.5, 5n]);
    expect(() => run("apply", 2, 5), "another signature").toThrow(WebAssembly.RuntimeError);
  });

  test("a function is defined while another is being written", () => {
    const module = writer();
    const outer = module.function("outer", { params: { x: "i32" }, results: ["i32"] }, (f, { x }) => {
      f.set(x, i32.add(x, 1));
      const inner = module.function("inner", { params: { y: "i32" }, results: ["i32"] }, (_g, { y }) => i32.mul(y, 3));
      return call(inner, { y: x });
    });
    module.exportFunction(outer, "run");
    expect(start(module).call("run", 4)).toBe(15);
  });

  test("globals", () => {
    const module = writer();
    const base = module.importGlobal("env", "base", "i64");
    const count = module.defineGlobal("i32", 40);
    const scale = module.defineGlobal("f64", 0.5, false);
    const next = module.function("next", { params: {}, results: ["i32", "i64", "f64"] }, (f) => {
      f.setGlobal(count, i32.add(count, 1));
      return [count, i64.add(base, 1), f64.add(scale, 1)];
    });
    module.exportFunction(next);
    module.exportGlobal(count, "count");
    const { call: run } = start(module, { base: 2n ** 40n });
    expect(run("next")).toEqual([41, 2n ** 40n + 1n, 1.5]);
    expect(run("next")).toEqual([42, 2n ** 40n + 1n, 1.5]);
    const fixed = new ModuleWriter();
    const constant = fixed.defineGlobal("i32", 1, false);
    expect(() => fixed.function("set", { params: {}, results: [] }, (f) => f.setGlobal(constant, 2))).toThrow("mutable");
  });
});

describe("expressions", () => {
  test("are written where they are used, as often as they are used", () => {
    const module = writer();
    const run = module.function("run", { params: { x: "i32" }, results: ["i32"] }, (f, { x }) => {
      const square = i32.mul(x, x);
      const early = f.let(square);
      f.set(x, i32.add(x, 1));
      return i32.add(i32.mul(early, 1000), square);
    });
    module.exportFunction(run);
    expect(start(module).call("run", 3)).toBe(9016);
  });

  test("operands are computed from left to right", () => {
    const module = writer();
    const run = module.function("run", { params: { x: "i32" }, results: ["i32"] }, (_f, { x }) =>
      i32.sub(tee(x, i32.mul(x, 2)), tee(x, i32.add(x, 5))),
    );
    module.exportFunction(run);
    expect(start(module).call("run", 10)).toBe(-5);
  });

  test("that do something are used once", () => {
    const module = writer();
    const one = module.function("one", { params: {}, results: ["i32"] }, () => 1);
    const signature = module.signature({ params: {}, results: ["i32"] });
    const table = module.table([one]);
    module.function("twice", { params: { x: "i32" }, results: [] }, (f, { x }) => {
      for (const once of [call(one, {}), tee(x, 1), i32.atomic.rmw.add(0, 1), callIndirect(table, signature, 0, {})]) {
        f.drop(once);
        expect(() => f.drop(once)).toThrow("used once");
      }
    });
  });

  test("a local belongs to its function, and to nobody once it is given back", () => {
    const module = writer();
    let other: Local<"i32"> | undefined;
    module.function("first", { params: {}, results: [] }, (f) => {
      other = f.local("i32");
      const local = f.local("i64");
      f.free(local);
      expect(() => f.drop(local)).toThrow("given back");
      expect(() => f.set(local, 1)).toThrow("given back");
      expect(() => f.free(local)).toThrow("given back once");
    });
    module.function("second", { params: { p: "i32" }, results: [] }, (f, { p }) => {
      const foreign = other;
      if (foreign !== undefined) expect(() => f.drop(foreign)).toThrow("belongs to");
      expect(() => f.free(p)).toThrow("given back");
    });
  });

  test("what a scope took is taken again, by type", () => {
    const module = writer();
    const run = module.function("run", { params: {}, results: ["i64"] }, (f) => {
      const taken = f.scope(() => [f.local("i64").x, f.local("i32").x, f.local("address").x]);
      expect(new Set([f.local("i32").x, f.local("address").x, f.local("i64").x])).toEqual(new Set(taken));
      expect(f.local("i64").x).toBe(3);
      const kept = f.let(i64.const(5));
      expect(f.repeatable(kept)).toBe(kept);
      return f.repeatable(i64.add(kept, 1));
    });
    module.exportFunction(run);
    expect(start(module).call("run")).toBe(6n);
  });

  test("jumps go to open blocks", () => {
    new ModuleWriter().function("run", { params: {}, results: [] }, (f) => {
      f.block((closed) => {
        f.block((exit) => f.br(exit));
        f.br(closed);
        return;
      });
      let left = undefined;
      f.block((exit) => {
        left = exit;
      });
      const label = left;
      if (label !== undefined) expect(() => f.br(label)).toThrow("open");
    });
  });
});

test("addresses are parameters as JavaScript passes them", () => {
  for (const memory64 of [false, true]) {
    const module = writer(memory64);
    const next = module.function("next", { params: { at: "address" }, results: ["address"] }, (_f, { at }) => address.add(at, 8));
    module.exportFunction(next);
    expect(start(module).call("next", argument(module, 8))).toBe(memory64 ? 16n : 16);
  }
});
