import { describe, expect, test } from "vitest";
import { captureClosure } from "./capture-closure.ts";
import { ClosureDecoder } from "./closure-decoder.ts";
import { decodeValues, encodeValues } from "./value-codec.ts";

const decoder = new ClosureDecoder({ appRoot: import.meta.dirname });
const again = <Value>(value: Value): Value => decodeValues(encodeValues([value]), decoder)[0] as Value;

class Plain {
  readonly a = 1;
}
class Registry {
  static readonly kinds = new Map([["x", 1]]);
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  kind(): number | undefined {
    return Registry.kinds.get("x");
  }
}

const sparse: unknown[] = [1];
sparse[5] = 2;
sparse[6] = undefined;

const EQUAL: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["-0, NaN, infinities, large integers", [-0, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 53]],
  ["bigints", [0n, -1n, 2n ** 100n, -(2n ** 100n)]],
  ["strings", ["", "latin \u00ff", "wide \u{1f600}", "lone \ud800", "x".repeat(1000), "\u0100".repeat(1000)]],
  ["date", new Date(1234)],
  ["invalid date", new Date(Number.NaN)],
  ["regexp", /a(b)\//giu],
  ["map and set", [new Map<unknown, unknown>([[{ a: 1 }, new Set([1, "a"])]]), new Set([[1]])]],
  ["sparse array", sparse],
  ["array with a property", Object.assign([1, 2], { tag: "t" })],
  ["typed arrays", [new Uint8Array([1, 2]), new Float64Array([1.5]), new BigInt64Array([3n]), new DataView(new ArrayBuffer(4))]],
  ["Float16Array", Reflect.construct(Reflect.get(globalThis, "Float16Array"), [[1.5, 2]])],
  ["Buffer", Buffer.from("hello").subarray(1, 3)],
  ["ArrayBuffer", new Uint8Array([9, 8]).buffer],
  ["boxed", [new Number(1), new String("ab"), new Boolean(false)]],
  ["null prototype", Object.assign(Object.create(null), { a: 1 })],
  ["error with code and cause", Object.assign(new TypeError("bad", { cause: { why: 1 } }), { code: "E_BAD" })],
  ["aggregate error", new AggregateError([new Error("one")], "all")],
  ["URL", new URL("https://user@example.org/a?b=c#d")],
  ["__proto__ key", JSON.parse('{"__proto__": {"polluted": true}, "a": 1}')],
  ["registered and well-known symbols", [Symbol.for("a"), Symbol.iterator]],
  ["symbol keys", { [Symbol.for("k")]: 1, b: 2 }],
  ["instance", new Plain()],
];

describe("values keep their kind", () => {
  test.each(EQUAL)("%s", (_, value) => {
    expect(again(value)).toStrictEqual(value);
  });

  test("prototypes, attributes and integrity", () => {
    const hidden = Object.defineProperty({ a: 1 }, "secret", { value: 2, enumerable: false });
    expect(Object.getOwnPropertyDescriptors(again(hidden))).toEqual(Object.getOwnPropertyDescriptors(hidden));
    expect(Object.isFrozen(again(Object.freeze({ a: [1] })))).toBe(true);
    expect(Object.isFrozen(again(Object.freeze([1])))).toBe(true);
    expect(Object.isSealed(again(Object.seal({ a: 1 })))).toBe(true);
    expect(Object.isExtensible(again(Object.preventExtensions({ a: 1 })))).toBe(false);
    expect(Object.getPrototypeOf(again(Object.create(null)))).toBe(null);
    const pattern = /a/g;
    pattern.lastIndex = 3;
    expect(again(pattern).lastIndex).toBe(3);
    expect({}).not.toHaveProperty("polluted");
  });

  test("identity: cycles, shared objects, shared buffers, unique symbols", () => {
    const buffer = new ArrayBuffer(4);
    const symbol = Symbol("unique");
    const one = { x: 1 };
    const cycle: unknown[] = [one, one, new Uint8Array(buffer), new Int8Array(buffer), symbol, symbol];
    cycle.push(cycle);
    const copy = again(cycle);
    expect(copy[6]).toBe(copy);
    expect(copy[0]).toBe(copy[1]);
    expect(copy[4]).toBe(copy[5]);
    Reflect.set(copy[2] as object, "0", 7);
    expect(Reflect.get(copy[3] as object, "0")).toBe(7);
  });

  test("a long linked list needs no stack", () => {
    let list: { next: unknown } = { next: null };
    for (let length = 0; length < 200_000; length++) list = { next: list };
    let length = 0;
    for (let at: unknown = again(list); at !== null; at = Reflect.get(at as object, "next")) length++;
    expect(length).toBe(200_001);
  });

  test("a class by value is one class a thread: records come back as instances of the original", () => {
    const [first, second] = [encodeValues([new Registry(1)]), encodeValues([new Registry(2)])].map(
      (bytes) => decodeValues(bytes, decoder)[0],
    );
    expect(first).toBeInstanceOf(Registry);
    expect(Object.getPrototypeOf(second)).toBe(Object.getPrototypeOf(first));
    expect(first instanceof Registry && first.kind()).toBe(1);
  });

  test("rebuilt functions and classes travel on", () => {
    const scale = 4;
    const fn = decoder.decode(captureClosure((x: number) => new Registry(x).id * scale, { call: "rdd.map()" }).bytes);
    const twice = decoder.decode(captureClosure(fn, { call: "rdd.map()" }).bytes);
    expect(twice(3)).toBe(12);
  });

  test("equal state gives equal bytes", () => {
    const doubles = [0.5];
    for (let turn = 0; turn < 10_000; turn++) doubles[0] = (doubles[0] ?? 0) + 0.5;
    const wide = "\u0100abc".slice(1);
    expect(encodeValues([{ n: Math.round(doubles[0] ?? 0), s: wide }])).toEqual(encodeValues([{ n: 5001, s: "abc" }]));
  });

  test("a refusal names the record, the path and the class", () => {
    const record = { pool: { wait: Promise.resolve() } };
    expect(() => encodeValues([1, record], { call: "rdd.collect()" })).toThrow(
      "[CLOSURE_UNSENDABLE_VALUE] Cannot send a record of rdd.collect(): record 1 -> .pool -> .wait is a Promise, which exists only in the process that made it.",
    );
  });
});

describe("damaged input", () => {
  const bytes = encodeValues([{ a: "text" }]);
  test.each([
    ["no payload", new Uint8Array(40)],
    ["another format", bytes.with(2, 99)],
    ["another Node.js", bytes.with(3, 10)],
    ["cut short", bytes.subarray(0, bytes.length - 2)],
  ])("%s", (_, damaged) => {
    expect(() => decodeValues(damaged, decoder)).toThrow("CLOSURE_FORMAT");
  });
  test("code that does not match its digest", () => {
    const closure = captureClosure((x: number) => x + 1, { call: "rdd.map()" }).bytes;
    expect(() => new ClosureDecoder({ appRoot: "/" }).decode(closure.with(5, (closure[5] ?? 0) ^ 1))).toThrow("CLOSURE_FORMAT");
  });
});
