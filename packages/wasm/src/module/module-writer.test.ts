import { expect, test } from "vitest";
import { i32, ModuleWriter, printModule } from "../index.ts";

test("types are written once", () => {
  const module = new ModuleWriter();
  const signature = { params: { a: "i32", b: "address" }, results: ["i64"] } as const;
  module.function("one", signature, () => 1);
  module.function("two", { params: { x: "i32", y: "address" }, results: ["i64"] }, () => 2);
  module.signature({ params: { z: "i32" }, results: [] });
  const bytes = module.toBytes();
  expect(bytes[10], "number of types").toBe(2);
});

test("the index spaces are fixed before they are used", () => {
  const module = new ModuleWriter();
  module.defineGlobal("i32", 1);
  module.declare("later", { params: {}, results: [] });
  expect(() => module.importGlobal("env", "g", "i32")).toThrow("imported before");
  expect(() => module.importFunction("env", "f", { params: {}, results: [] })).toThrow("imported before");
  module.defineMemory({ initial: 1 });
  expect(() => module.importMemory("env", "m", { initial: 1 })).toThrow("one memory");
  expect(() => module.toBytes()).toThrow("is defined");
});

test("a function is defined once, and not after the bytes were asked for", () => {
  const module = new ModuleWriter();
  const one = module.function("one", { params: {}, results: ["i32"] }, () => 1);
  expect(() => module.define(one, () => 2)).toThrow("once");
  const bytes = module.toBytes();
  expect(module.toBytes()).toBe(bytes);
  expect(() => module.function("two", { params: {}, results: [] }, () => {})).toThrow("complete");
});

test("a shared memory has a maximum", () => {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, shared: true });
  expect(() => module.toBytes()).toThrow("maximum");
});

test("bodies lie in the order of declarations, whatever the order of definitions", () => {
  const module = new ModuleWriter({ names: true });
  const first = module.declare("first", { params: {}, results: ["i32"] });
  const second = module.declare("second", { params: {}, results: ["i32"] });
  module.define(second, () => 2);
  module.define(first, () => 1);
  module.exportFunction(first);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()));
  expect(printModule(module.toBytes())).toMatch(/first.*\n.*const 1[^]*second.*\n.*const 2/);
  expect(instance.exports).toHaveProperty("first");
});

test("a local that is taken again keeps its names", () => {
  const module = new ModuleWriter({ names: true });
  module.function("f", { params: {}, results: [] }, (f) => {
    f.free(f.let(i32.const(1), "one"));
    f.free(f.let(i32.const(2), "two"));
    f.free(f.let(i32.const(3), "one"));
  });
  expect(printModule(module.toBytes())).toContain("(local $one|two i32)");
});
