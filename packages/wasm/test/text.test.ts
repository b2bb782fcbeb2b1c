import { expect, test } from "vitest";
import {
  address,
  call,
  compileModule,
  f32,
  f64,
  i32,
  i32x4,
  i64,
  i64x2,
  i8x16,
  ModuleWriter,
  printModule,
  v128,
  wasmErrors,
  when,
} from "../src/index.ts";

/** A module with something of everything. */
function everything(names: boolean): ModuleWriter {
  const module = new ModuleWriter({ names });
  module.importMemory("env", "memory", { initial: 1, maximum: 16, shared: true });
  const log = module.importFunction("env", "log", { params: { value: "f64" }, results: [] });
  module.importGlobal("env", "base", "i64");
  const count = module.defineGlobal("i32", -7);
  const segment = module.data(new Uint8Array([1, 2, 3]));
  module.dataAt(512, new Uint8Array([4]));
  const pair = module.function("pair", { params: { x: "i32" }, results: ["i32", "i32"] }, (_f, { x }) => [x, i32.popcnt(x)]);
  const table = module.table([pair, log]);
  const signature = module.signature({ params: { value: "f64" }, results: [] });
  const run = module.function("run", { params: { at: "address", rows: "i32" }, results: ["i64"] }, (f, { at, rows }) => {
    const row = f.local("i32", "row");
    const total = f.local("i64", "total");
    f.for(row, 0, rows, ({ next }) => {
      f.brIf(next, i32.eqz(i32.load8_u(address.at(at, row, 1), 3)));
      f.switch(i32.and(row, 3), [() => f.set(total, i64.add(total, 1)), () => f.call(log, { value: f64.const(0.1) })], () => f.br(next));
      f.set(total, i64.add(total, when(row, i64.load(address.at(at, row, 8), 16, 1), i64.const(-1n << 63n))));
    });
    const again = f.local("i32", "again");
    f.scope(() => {
      const low = f.local("i32", "low");
      const high = f.local("i32", "high");
      f.callInto(pair, { x: row }, [low, high]);
      f.set(again, i32.add(low, high));
    });
    f.if(
      i32.gt_u(again, 5),
      () => f.setGlobal(count, i32.add(count, again)),
      () => f.return(0),
    );
    const mask = i8x16.bitmask(i8x16.shuffle(i32x4.splat(again), v128.load8_lane(at, i64x2.const([1n, -1n]), 15), [...Array(16).keys()]));
    f.storeLane(32, at, v128.not(i32x4.replace_lane(i32x4.const([1, 2, 3, 4]), mask, 2)), 1, 4);
    f.memoryInit(segment, at, 0, 3);
    f.dataDrop(segment);
    f.memoryFill(at, 0, 8);
    f.memoryCopy(at, 64, 8);
    f.atomicFence();
    f.drop(i64.atomic.rmw.add(at, 1, 8));
    f.callIndirect(table, signature, 1, { value: f64.promote_f32(f32.const(-0)) });
    return total;
  });
  module.exportFunction(run);
  module.exportGlobal(count, "count");
  module.exportTable(table, "table");
  return module;
}

test("a module as text, with names", async () => {
  const bytes = everything(true).toBytes();
  expect(WebAssembly.validate(bytes)).toBe(true);
  await expect(`${printModule(bytes)}\n`).toMatchFileSnapshot("golden/everything.wat");
});

test("without names there are numbers, and equal code has equal bytes", () => {
  const bytes = everything(false).toBytes();
  expect(printModule(bytes, { only: 1 })).toBe(
    ["(func $1 (param $0 i32) (result i32 i32)", "  (local.get $0)", "  (i32.popcnt (local.get $0)))"].join("\n"),
  );
  expect(everything(false).toBytes()).toEqual(bytes);
  expect(everything(true).toBytes().length).toBeGreaterThan(bytes.length);
});

test("floats that have no digits, and 64-bit memory", () => {
  const module = new ModuleWriter({ memory64: true });
  module.defineMemory({ initial: 2 });
  module.exportMemory("m");
  const results = ["f64", "f32", "f64"] as const;
  module.function("f", { params: {}, results }, () => [Number.NaN, -Infinity, Infinity]);
  const text = printModule(module.toBytes());
  for (const part of ["(memory i64 2)", '(export "m" (memory 0))', "(f64.const nan)", "(f32.const -inf)", "(f64.const inf)"])
    expect(text).toContain(part);
});

test("an invalid module is refused with the text of the function and a mark", () => {
  const module = new ModuleWriter({ names: true });
  const good = module.function("good", { params: { x: "i32" }, results: ["i32"] }, (_f, { x }) => x);
  // The types would refuse this; a memory that is not there they do not see.
  module.function("bad", { params: { at: "address" }, results: ["i64"] }, (_f, { at }) =>
    i64.mul(i64.extend_i32_u(call(good, { x: 1 })), i64.load(at, 8)),
  );
  let caught: unknown;
  try {
    compileModule(module.toBytes());
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({ code: "WASM_MODULE_INVALID", fault: "internal", cause: expect.any(WebAssembly.CompileError) });
  expect(caught).toHaveProperty("params.code", expect.stringContaining("(func $bad (param $at i32) (result i64)"));
  expect(caught).toHaveProperty("params.code", expect.stringMatching(/i64\.load offset=8 \(; <-- here ;\)/));
  expect(caught).toHaveProperty("params.code", expect.not.stringContaining("$good (param"));
});

test("bytes that are no module are refused too", () => {
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 99]),
    everything(true).toBytes().slice(0, -300),
  ]) {
    let caught: unknown;
    try {
      compileModule(bytes);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: "WASM_MODULE_INVALID" });
  }
  expect(Object.keys(wasmErrors.entries)).toEqual(["WASM_MODULE_INVALID"]);
});

test("an unknown instruction is shown as such", () => {
  const module = new ModuleWriter();
  module.function("f", { params: {}, results: ["i32"] }, () => i32.ctz(1));
  const bytes = module.toBytes().map((byte) => (byte === 0x68 ? 0x06 : byte));
  expect(printModule(bytes)).toContain("(unknown 0x6)");
});
