/* oxlint-disable typescript/unbound-method, typescript/no-implied-eval, no-eval -- these cases are what the rules warn about */
// Functions that travel and functions that are refused, in every way of running a program.
// Run with `--run`: loads the runner that VONK_CASE_RUNNER names and gives it the tables.
import { createHash } from "node:crypto";
import os, { cpus } from "node:os";
import * as path from "node:path";
import twice, { LIMIT, lookup, Point, TABLE } from "./lookup.ts";
import * as lookups from "./lookup.ts";

export interface Case {
  readonly name: string;
  readonly fn: Function;
  readonly args?: readonly unknown[];
}

export interface RefusedCase extends Case {
  readonly code: string;
}

const factor: number = 3;
let counter = 10;
const settings = { scale: 2, nested: { list: [1, 2, 3] } };
const KEY = "computed";
const SYMBOL = Symbol("member");

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
const even = (n: number): boolean => n === 0 || odd(n - 1);
const odd = (n: number): boolean => n !== 0 && even(n - 1);
function helper(value: number): number {
  return value * factor + settings.scale;
}

class Shape {
  static count = 4;
  static readonly kinds: Map<string, number> = new Map([["circle", 1]]);
  static {
    this.count += 1;
  }
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  describe(): string {
    return `shape ${this.name}`;
  }
  get length(): number {
    return this.name.length;
  }
  static make(): Shape {
    return new Circle(factor);
  }
  [KEY](): string {
    return "computed";
  }
  *[Symbol.iterator](): Generator<string> {
    yield this.name;
  }
}
class Circle extends Shape {
  readonly radius: number;
  readonly scaled: number = factor * 2;
  constructor(radius: number) {
    super("circle");
    this.radius = radius;
  }
  override describe(): string {
    return `${super.describe()} of ${this.radius}`;
  }
  static area(radius: number): number {
    return radius * radius * Shape.count;
  }
}
class Counter {
  #value = 1;
  next(): number {
    return ++this.#value;
  }
}
class Tally extends Map<string, number> {
  readonly label: string = "tally";
  add(key: string): this {
    return this.set(key, (this.get(key) ?? 0) + factor);
  }
}
class JobError extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`job failed: ${reason}`);
    this.reason = reason;
  }
}
const Anonymous = class {
  value(): number {
    return factor;
  }
};

const circle = new Circle(5);
const tally = new Tally([["a", 1]]);
const failure = new JobError("late");
const cyclic: { self?: unknown; list: unknown[] } = { list: [] };
cyclic.self = cyclic;
cyclic.list.push(cyclic, cyclic.list);
const shared = { hits: 0 };
const accessors = {
  base: 4,
  get double(): number {
    return this.base * factor;
  },
  method(value: number): number {
    return this.base + value;
  },
  async later(value: number): Promise<number> {
    return this.base * value;
  },
  *items(): Generator<number> {
    yield this.base;
  },
  [KEY](): number {
    return 42;
  },
  [SYMBOL]: 9,
};
function bind(this: { base: number }, a: number, b: number): number {
  return this.base + a * b;
}
const bound = bind.bind({ base: 100 }, 2);
const boundTwice = bound.bind(null, 3);
const boundThrice = bind.bind({ base: 7 }).bind({ base: 8 }, 2).bind({ base: 9 }, 3);
const plainShape = new Shape("plain");
const boundDescribe = plainShape.describe.bind(plainShape).bind(null);
const BoundShape = Shape.bind(null, "bound").bind(null);
const boundLater = accessors.later.bind(accessors).bind(null, 2);
const boundMax = Math.max.bind(null, 5).bind(null, 2);
const boundBound = Function.prototype.call.bind(Array.prototype.slice);
const boundArgument = ((read: () => number): number => read() + factor).bind(null, () => settings.scale).bind(null);

const loop: Function[] = [];
for (let index = 0; index < 3; index++) loop.push((x: number) => x + index);
const each: Function[] = [];
for (const word of ["p", "q"]) each.push(() => word);
const caught = ((): Function => {
  try {
    throw new RangeError("caught");
  } catch (error) {
    return () => String(error);
  }
})();
const switched = ((kind: number): Function => {
  switch (kind) {
    case 1: {
      const inside = 5;
      return () => inside * kind;
    }
    default:
      return () => 0;
  }
})(1);
const curried = (
  (a: number) => (b: number) => (c: number) =>
    a * 100 + b * 10 + c
)(1)(2);
const outerArguments = (function (this: void, ..._all: number[]): Function {
  return () => Array.from(arguments);
})(7, 8, 9);
const parameterScope = ((a = factor, read = (): number => a): Function => {
  a += 1;
  return read;
})();
const hot = ((): Function => {
  let total = 0.5;
  const step = (): void => {
    total += 0.25;
  };
  for (let turn = 0; turn < 20_000; turn++) step();
  return () => total;
})();

type Maker = new () => { hello(): string };
const mixin = (base: Maker): Maker =>
  class extends base {
    override hello(): string {
      return `mixed ${super.hello()}`;
    }
  };
class Mixed extends mixin(
  class {
    hello(): string {
      return "hello";
    }
  },
) {}
class Patched {
  one(): number {
    return 1;
  }
}
Object.assign(Patched.prototype, {
  two(this: Patched) {
    return this.one() + 1;
  },
});
Object.assign(Patched, { config: { deep: [1] } });
class Guarded {
  static #hidden(): number {
    return 3;
  }
  static open(): number {
    return Guarded.#hidden();
  }
}
class Samples extends Float64Array {
  total(): number {
    return this.reduce((sum, value) => sum + value, 0);
  }
}
const samples = new Samples([1, 2]);
class Stack<T> extends Array<T> {
  top(): T | undefined {
    return this.at(-1);
  }
}
const stack = new Stack<number>();
stack.push(1, 2);
const guarded = {
  get never(): number {
    throw new Error("a getter ran during capture");
  },
  value: 1,
};
const $v0 = 5;

export const cases: Case[] = [
  { name: "arrow, module const", fn: (x: number) => x * factor, args: [4] },
  { name: "arrow, let", fn: () => counter + 1 },
  {
    name: "function expression",
    fn: function (x: number) {
      return x + factor;
    },
    args: [1],
  },
  { name: "declaration", fn: helper, args: [5] },
  { name: "recursion", fn: fibonacci, args: [10] },
  {
    name: "named function expression",
    fn: function fact(n: number): number {
      return n < 2 ? 1 : n * fact(n - 1);
    },
    args: [5],
  },
  { name: "mutual recursion", fn: (n: number) => [even(n), odd(n)], args: [7] },
  { name: "async", fn: async (x: number) => (await Promise.resolve(x)) * factor, args: [2] },
  {
    name: "generator",
    fn: function* (x: number) {
      yield x;
      yield x * factor;
    },
    args: [2],
  },
  {
    name: "async generator",
    fn: async function* (x: number) {
      yield x * factor;
    },
    args: [2],
  },
  { name: "object method", fn: () => [accessors.method(1), accessors.double, [...accessors.items()], accessors[KEY](), accessors[SYMBOL]] },
  { name: "async method", fn: () => accessors.later(3) },
  { name: "method alone", fn: accessors.method, args: [1] },
  { name: "getter alone", fn: Object.getOwnPropertyDescriptor(accessors, "double")?.get ?? helper },
  { name: "computed method alone", fn: accessors[KEY] },
  { name: "bound", fn: bound, args: [4] },
  { name: "bound twice", fn: boundTwice },
  { name: "bound thrice, the first receiver stays", fn: boundThrice },
  { name: "bound method of an instance", fn: boundDescribe },
  { name: "bound class", fn: () => [new BoundShape().describe(), new BoundShape() instanceof Shape, BoundShape.name] },
  { name: "bound async method", fn: boundLater },
  { name: "bound native function", fn: boundMax, args: [3] },
  { name: "bound call", fn: boundBound, args: [[1, 2, 3], 1] },
  { name: "function as a bound argument", fn: boundArgument },
  { name: "captured bound chain", fn: () => [boundThrice(), boundMax(1), boundArgument()] },
  { name: "loop variable", fn: () => loop.map((fn) => fn(10)) },
  { name: "loop variable alone", fn: loop[1] ?? helper, args: [10] },
  { name: "for-of constant", fn: each[1] ?? helper },
  { name: "catch variable", fn: caught },
  { name: "switch block", fn: switched },
  { name: "curried", fn: curried, args: [3] },
  { name: "outer arguments", fn: outerArguments },
  { name: "parameter scope", fn: parameterScope },
  { name: "hot double", fn: hot },
  { name: "typeof undeclared", fn: () => typeof undeclaredName },
  { name: "standard globals", fn: (x: number) => [Math.max(x, 1), JSON.stringify([x]), typeof Buffer, new Map([[1, 2]]).size], args: [3] },
  {
    name: "destructuring",
    fn: ({ a, ...rest }: { a: number; b: number }, [first = factor]: number[] = []) => [a, rest, first],
    args: [{ a: 1, b: 2 }],
  },
  {
    name: "shadowing",
    fn: (x: number) => {
      const factor = 50;
      {
        const settings = x;
        return factor + settings;
      }
    },
    args: [1],
  },
  {
    name: "assignment",
    fn: () => {
      counter += 5;
      return counter > 5;
    },
  },
  { name: "nested data", fn: () => settings.nested.list.map((x) => x * settings.scale) },
  { name: "cycle", fn: () => cyclic.self === cyclic && cyclic.list[0] === cyclic && cyclic.list[1] === cyclic.list },
  {
    name: "shared object",
    fn: () => {
      const bump = (): number => ++shared.hits;
      bump();
      return bump() === shared.hits;
    },
  },
  { name: "class", fn: () => [new Circle(2).describe(), Circle.area(2), Shape.count, Shape.kinds.get("circle")] },
  { name: "class that makes its subclass", fn: () => Shape.make().describe() },
  { name: "computed and symbol methods", fn: () => [new Shape("s")[KEY](), [...new Shape("t")], new Shape("abc").length] },
  { name: "class itself", fn: Shape, args: [] },
  { name: "anonymous class", fn: () => [new Anonymous().value(), Anonymous.name] },
  { name: "instance", fn: () => [circle.describe(), circle instanceof Circle, circle instanceof Shape, circle.scaled] },
  {
    name: "class with private fields, made there",
    fn: () => {
      const made = new Counter();
      made.next();
      return made.next();
    },
  },
  { name: "Map subclass", fn: () => [tally.add("a").get("a"), tally.label, tally instanceof Tally, tally instanceof Map] },
  {
    name: "Error subclass",
    fn: () => [failure.message, failure.reason, failure instanceof JobError, failure instanceof Error, failure.name],
  },
  { name: "mixin", fn: () => new Mixed().hello() },
  { name: "patched class", fn: () => [Reflect.get(new Patched(), "two").call(new Patched()), Reflect.get(Patched, "config").deep] },
  { name: "static private method", fn: () => Guarded.open() },
  { name: "typed array subclass", fn: () => [samples.total(), samples instanceof Samples] },
  { name: "array subclass", fn: () => [stack.top(), stack instanceof Stack, stack.length] },
  { name: "getter that must not run", fn: () => guarded.value },
  { name: "names that rewriting uses", fn: () => $v0 },
  {
    name: "console, crypto, process",
    fn: ((c, k, p) => () => [typeof c.log, k.randomUUID().length, typeof p.write])(console, globalThis.crypto, process.stdout),
  },
  { name: "static method", fn: Circle.area, args: [3] },
  { name: "named import", fn: (key: string) => lookup(key) + TABLE["a"]! + LIMIT, args: ["b"] },
  { name: "imported function itself", fn: lookup, args: ["long key"] },
  { name: "default import", fn: (x: number) => twice(x), args: [4] },
  { name: "namespace import", fn: (key: string) => lookups.lookup(key) + lookups.LIMIT, args: ["a"] },
  { name: "imported class", fn: () => new Point(3, 4).norm() },
  { name: "node named import", fn: () => cpus().length > 0 },
  { name: "node default import", fn: () => os.EOL },
  { name: "node namespace import", fn: (name: string) => path.join(name, "b"), args: ["a"] },
  { name: "node function", fn: (text: string) => createHash("sha256").update(text).digest("hex"), args: ["x"] },
  { name: "native function", fn: Math.max, args: [1, 5, 2] },
  {
    name: "captured native",
    fn: (
      (max) => (x: number) =>
        max(x, 3)
    )(Math.max),
    args: [2],
  },
  { name: "new Function", fn: new Function("x", "return x * 2"), args: [4] },
  { name: "indirect eval", fn: (0, eval)("(x) => x + 1"), args: [4] },
  { name: "dynamic import", fn: async () => (await import("node:path")).basename("/a/b") },
  {
    name: "regular expression",
    fn: (
      (pattern) => (text: string) =>
        text.replace(pattern, "-")
    )(/o+/g),
    args: ["foo boo"],
  },
  {
    name: "dates and numbers",
    fn: ((values) => () => [values[0] instanceof Date, ...values])([new Date(5), -0, Number.NaN, 2n ** 70n, Infinity]),
  },
  { name: "own properties", fn: Object.assign((x: number) => x, { tag: "tagged" }), args: [1] },
];

declare const undeclaredName: unknown;
declare const missingName: number;

class Holder {
  factor = 2;
  arrow = (x: number): number => x * this.factor;
  later(): Function {
    return () => this.factor;
  }
  override(): Function {
    // @ts-expect-error the checker wants a base class; the language gives Object's
    return () => super.toString();
  }
}
const counterInstance = new Counter();
const pending = Promise.resolve(1);
const weak = new WeakMap<object, number>();
const proxied = new Proxy({}, {});

export const refused: RefusedCase[] = [
  { name: "lexical this", fn: new Holder().later(), code: "CLOSURE_LEXICAL_THIS" },
  { name: "field arrow", fn: new Holder().arrow, code: "CLOSURE_LEXICAL_THIS" },
  { name: "lexical super", fn: new Holder().override(), code: "CLOSURE_SUPER" },
  { name: "super method alone", fn: Circle.prototype.describe, code: "CLOSURE_SUPER" },
  { name: "direct eval", fn: () => eval("factor"), code: "CLOSURE_DIRECT_EVAL" },
  { name: "private state", fn: () => counterInstance.next(), code: "CLOSURE_PRIVATE_STATE" },
  { name: "private method alone", fn: Counter.prototype.next, code: "CLOSURE_PRIVATE_STATE" },
  { name: "bound to private state", fn: counterInstance.next.bind(counterInstance).bind(null), code: "CLOSURE_PRIVATE_STATE" },
  { name: "bound super method", fn: circle.describe.bind(circle).bind(null), code: "CLOSURE_SUPER" },
  { name: "bound lexical this", fn: new Holder().arrow.bind(null, 1), code: "CLOSURE_LEXICAL_THIS" },
  { name: "promise as a bound argument", fn: ((value: unknown) => value).bind(null, pending), code: "CLOSURE_UNSENDABLE_VALUE" },
  { name: "promise", fn: () => pending, code: "CLOSURE_UNSENDABLE_VALUE" },
  { name: "weak map", fn: () => weak.has({}), code: "CLOSURE_UNSENDABLE_VALUE" },
  { name: "proxy", fn: () => proxied, code: "CLOSURE_UNSENDABLE_VALUE" },
  { name: "undefined name", fn: () => missingName, code: "CLOSURE_UNDEFINED_NAME" },
];

if (process.argv.includes("--run")) {
  const runner = process.env["VONK_CASE_RUNNER"] ?? "";
  void import(runner).then((loaded: { run(all: Case[], bad: RefusedCase[]): Promise<void> }) => loaded.run(cases, refused));
}
