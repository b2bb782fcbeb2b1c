import { assert, seededRandom } from "@vonk/common/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { operationNamed } from "../../test/model/operation-named.ts";
import { start } from "../../test/model/harness.ts";
import { type InstructionCase, scalarCase } from "../../test/model/scalar-case.ts";
import { Trap } from "../../test/model/scalar.ts";
import { numberOf, sameValue, type Value } from "../../test/model/value.ts";
import { ModuleWriter, select, when } from "../index.ts";
import { constant, Expression, type Local } from "../instruction/expression.ts";
import { instructions } from "../instruction/opcode.ts";
import type { FunctionWriter } from "./function-writer.ts";

type NumberType = "i32" | "i64" | "f32" | "f64";

/** A random formula: what the writer and the interpreter both read. */
type Tree =
  | { readonly kind: "constant"; readonly type: NumberType; readonly value: number | bigint }
  | { readonly kind: "parameter"; readonly type: NumberType }
  | { readonly kind: "operation"; readonly type: NumberType; readonly name: string; readonly operands: readonly Tree[] }
  | { readonly kind: "select" | "when"; readonly type: NumberType; readonly condition: Tree; readonly yes: Tree; readonly no: Tree }
  | { readonly kind: "kept"; readonly type: NumberType; readonly value: Tree };

/** Instructions by the type of their result. NaNs have many bits, so what would show these stays out. */
const operations: Readonly<Record<NumberType, readonly (readonly [string, InstructionCase])[]>> = {
  i32: operationsOf("i32"),
  i64: operationsOf("i64"),
  f32: operationsOf("f32"),
  f64: operationsOf("f64"),
};

function operationsOf(type: NumberType): [string, InstructionCase][] {
  return instructions.flatMap(({ name, operands, immediate }): [string, InstructionCase][] => {
    const found = immediate === "none" && !/reinterpret|copysign/.test(name) ? scalarCase(name, operands) : undefined;
    return found?.result === type ? [[name, found]] : [];
  });
}

/** Grows formulas from a seed: a plain generator is quicker by far than arbitraries nested over 120 instructions. */
class Grower {
  readonly #random: ReturnType<typeof seededRandom>;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  tree(type: NumberType, depth: number): Tree {
    const kind = depth === 0 ? 0 : this.#random.nextInt(10);
    if (kind === 0)
      return this.#random.nextInt(2) === 0 ? { kind: "parameter", type } : { kind: "constant", type, value: this.value(type) };
    if (kind === 1) return { kind: "kept", type, value: this.tree(type, depth - 1) };
    if (kind === 2)
      return {
        kind: this.#random.nextInt(2) === 0 ? "select" : "when",
        type,
        condition: this.tree("i32", depth - 1),
        yes: this.tree(type, depth - 1),
        no: this.tree(type, depth - 1),
      };
    const list = operations[type];
    const found = list[this.#random.nextInt(list.length)];
    assert(found !== undefined, "there are operations of each type");
    const [name, { operands }] = found;
    return { kind: "operation", type, name, operands: operands.map((each) => this.tree(each === "v128" ? "i32" : each, depth - 1)) };
  }

  value(type: NumberType): number | bigint {
    const integer = BigInt.asIntN(64, (BigInt(this.#random.nextInt(2 ** 32)) << 32n) | BigInt(this.#random.nextInt(2 ** 32)));
    const short = integer >> BigInt(this.#random.nextInt(64));
    if (type === "i64") return short;
    if (type === "i32") return Number(BigInt.asIntN(32, short));
    const real = this.#random.nextInt(3) === 0 ? Number(short) : (this.#random.next() - 0.5) * 2 ** this.#random.nextInt(70);
    return type === "f32" ? Math.fround(real) : real;
  }
}

type Parameters = Readonly<Record<NumberType, Local<NumberType>>>;
type AnyNumber = Expression<NumberType>;

/** The expression of a tree. */
function express(f: FunctionWriter, tree: Tree, parameters: Parameters): AnyNumber {
  switch (tree.kind) {
    case "constant":
      return constant(tree.type, tree.value);
    case "parameter":
      return parameters[tree.type];
    case "kept":
      return f.repeatable(express(f, tree.value, parameters));
    case "operation": {
      const made = operationNamed(
        tree.name,
        tree.operands.map((each) => express(f, each, parameters)),
      );
      return new Expression(tree.type, made.op, made.a, made.b, made.c, made.x, made.y, made.rest);
    }
    default: {
      const condition = express(f, tree.condition, parameters);
      assert(condition.type === "i32", "a condition is an i32");
      const test = new Expression("i32", condition.op, condition.a, condition.b, condition.c, condition.x, condition.y, condition.rest);
      // A value that is kept is computed before, in both branches.
      const choose = tree.kind === "select" ? select : when;
      return choose(test, express(f, tree.yes, parameters), express(f, tree.no, parameters));
    }
  }
}

/** What the tree means. A trap on a way not taken does not count, but where values are kept before. */
function interpret(tree: Tree, parameters: Readonly<Record<NumberType, Value>>): Value {
  switch (tree.kind) {
    case "constant":
      return tree.value;
    case "parameter":
      return parameters[tree.type];
    case "kept":
      return interpret(tree.value, parameters);
    case "operation": {
      const found = operations[tree.type].find(([name]) => name === tree.name);
      assert(found !== undefined, "the tree names operations");
      return found[1].compute(...tree.operands.map((each) => interpret(each, parameters)));
    }
    case "select": {
      const [yes, no] = [interpret(tree.yes, parameters), interpret(tree.no, parameters)];
      return numberOf(interpret(tree.condition, parameters)) === 0 ? no : yes;
    }
    case "when": {
      const taken = numberOf(interpret(tree.condition, parameters)) === 0 ? tree.no : tree.yes;
      for (const side of [tree.yes, tree.no]) interpretKept(side, parameters);
      return interpret(taken, parameters);
    }
  }
}

/** Computes what is kept somewhere in a tree. */
function interpretKept(tree: Tree, parameters: Readonly<Record<NumberType, Value>>): void {
  if (tree.kind === "kept") interpret(tree.value, parameters);
  else if (tree.kind === "operation") for (const each of tree.operands) interpretKept(each, parameters);
  else if (tree.kind === "select" || tree.kind === "when")
    for (const each of [tree.condition, tree.yes, tree.no]) interpretKept(each, parameters);
}

test("random formulas give what an interpreter of them gives", () => {
  let traps = 0;
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom<NumberType>("i32", "i64", "f32", "f64"), (seed, type) => {
      const grower = new Grower(seed);
      const tree = grower.tree(type, 5);
      const module = new ModuleWriter();
      module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
      const run = module.function("run", { params: { i32: "i32", i64: "i64", f32: "f32", f64: "f64" }, results: [type] }, (f, parameters) =>
        express(f, tree, parameters),
      );
      module.exportFunction(run);
      const { call } = start(module);
      for (let round = 0; round < 8; round++) {
        const values = { i32: grower.value("i32"), i64: grower.value("i64"), f32: grower.value("f32"), f64: grower.value("f64") };
        let wanted: Value;
        try {
          wanted = interpret(tree, values);
        } catch (error) {
          if (!(error instanceof Trap)) throw error;
          traps++;
          expect(() => call("run", values.i32, values.i64, values.f32, values.f64)).toThrow(WebAssembly.RuntimeError);
          continue;
        }
        const got = call("run", values.i32, values.i64, values.f32, values.f64);
        assert(typeof got === "number" || typeof got === "bigint", "a number");
        expect(sameValue(got, wanted), `${String(got)} is ${String(wanted)}`).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
  expect(traps).toBeGreaterThan(0);
});
