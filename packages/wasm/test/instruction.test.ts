import { assert } from "@vonk/common/internal";
import { describe, expect, test } from "vitest";
import { compileModule, ModuleWriter, printModule } from "../src/index.ts";
import { instructions } from "../src/instruction/opcode.ts";
import { loadOf, operationNamed } from "./model/operation-named.ts";
import { randomValue } from "./model/random-value.ts";
import { type InstructionCase, scalarCase } from "./model/scalar-case.ts";
import { Trap } from "./model/scalar.ts";
import { readValue, sameValue, type Value, writeValue } from "./model/value.ts";
import { resultLane, vectorCases } from "./model/vector-case.ts";

const rounds = 150;
const resultAt = 64;

/** The function of a module that was just instantiated. */
function functionOf(instance: WebAssembly.Instance, name: string): () => void {
  const found = instance.exports[name];
  assert(typeof found === "function", "an exported function");
  return () => {
    found();
  };
}

/** Operands from memory at 0, 16, 32; the result to memory at 64. */
function moduleOf(name: string, { operands, immediates = [] }: InstructionCase): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  const run = module.function("run", { params: { base: "address" }, results: [] }, (f, { base }) => {
    const values = operands.map((type, at) => loadOf(type, base, at * 16));
    const arrayed = name === "v128.const" || name === "i8x16.shuffle";
    f.store(base, operationNamed(name, [...values, ...(arrayed ? immediates.flat(0) : immediates)]), resultAt);
  });
  module.exportFunction(run);
  return module.toBytes();
}

function check(name: string, each: InstructionCase): void {
  const bytes = moduleOf(name, each);
  expect(WebAssembly.validate(bytes)).toBe(true);
  expect(printModule(bytes)).toContain(`(${name}`);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const view = new DataView(memory.buffer);
  const run = functionOf(new WebAssembly.Instance(compileModule(bytes), { env: { memory } }), "run");
  for (let round = 0; round < rounds; round++) {
    const operands = each.operands.map((type) => randomValue(type));
    operands.forEach((value, at) => writeValue(view, at * 16, each.operands[at] ?? "i32", value));
    const written = operands.map((_, at) => readValue(view, at * 16, each.operands[at] ?? "i32"));
    let wanted: Value;
    try {
      wanted = each.compute(...written);
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      expect(run, `${name}(${String(written)}) traps`).toThrow(WebAssembly.RuntimeError);
      continue;
    }
    run();
    const got = readValue(view, resultAt, each.result);
    if (!sameValue(got, wanted, resultLane(name)))
      expect.fail(`${name}(${written.map(String).join("; ")}) is ${String(got)}, expected ${String(wanted)}`);
  }
}

describe("each instruction on registers does what its model does", () => {
  for (const { name, operands, immediate } of instructions) {
    if (immediate.startsWith("memory")) continue;
    test(name, () => {
      const scalar = scalarCase(name, operands);
      const cases = scalar === undefined ? vectorCases(name, operands) : [scalar];
      expect(cases.length, `${name} has a model`).toBeGreaterThan(0);
      for (const each of cases) check(name, each);
    });
  }
});
