import { deserialize, serialize } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { openBlock } from "./block-reader.ts";
import { checksum } from "./checksum.ts";
import { encodeBlock } from "./encode-block.ts";

const fallback = {
  encode: (values: readonly unknown[]): Uint8Array => serialize(values),
  decode: (bytes: Uint8Array): unknown[] => deserialize(bytes) as unknown[],
};

const roundTrip = (records: readonly unknown[]): unknown[] => openBlock(encodeBlock(records)).decode();
const refused = (records: readonly unknown[]): unknown => {
  try {
    encodeBlock(records);
    return undefined;
  } catch (error) {
    return error;
  }
};

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

describe("values without a column form", () => {
  const symbolKeyed = { a: 1, [Symbol("s")]: 2 };
  const accessor = {
    get a(): number {
      return 1;
    },
  };
  const sparse = [1];
  sparse[2] = 3;
  test.each<[string, unknown, string]>([
    ["a class instance", new Point(1), "Point"],
    ["a Map", new Map(), "Map"],
    ["a typed array", new Uint8Array(1), "Uint8Array"],
    ["a function", () => 1, "function"],
    ["a symbol", Symbol("a"), "symbol"],
    ["a subclass of Array", new (class Stack extends Array<number> {})(), "Stack"],
    ["a subclass of Date", new (class Day extends Date {})(0), "Day"],
    ["a regular expression's match", /b/.exec("abc"), "Array"],
    ["a sparse array", sparse, "Array"],
    ["an accessor", accessor, "Object"],
    ["a symbol key", symbolKeyed, "Object"],
    ["an object with another prototype", Object.create({ inherited: 1 }), "Object"],
  ])("%s is refused by name, alone and among others", (_, value, className) => {
    expect(refused([value])).toMatchObject({ code: "RECORD_NOT_ENCODABLE", params: { className, path: "record" } });
    expect(refused([1, "a", value])).toMatchObject({ params: { className, path: "record" } });
    expect(refused([[1, { deep: value }]])).toMatchObject({ params: { className, path: "record[1].deep" } });
    expect(refused([[1, [1, 2, 3, 4, 5, 6, 7, 8, 9, value]]])).toMatchObject({ params: { className, path: "record[1][]" } });
  });

  test("one among a thousand records is seen", () => {
    const records: unknown[] = Array.from({ length: 1000 }, (_, at) => ({ x: at }));
    records[777] = new Point(777);
    expect(refused(records)).toMatchObject({ code: "RECORD_NOT_ENCODABLE", params: { className: "Point" } });
    const matches = Array.from({ length: 1000 }, (_, at) => (at === 500 ? /(b)/.exec("b") : ["b", "b"]));
    expect(refused(matches)).toMatchObject({ params: { className: "Array" } });
  });

  test("they go through the fallback, alone and beside columns", () => {
    const records = [new Map([[1, 2]]), 5, null, { a: new Set([1]) }, { a: 3 }];
    expect(openBlock(encodeBlock(records, { fallback }), fallback).decode()).toEqual(records);
    expect(() => openBlock(encodeBlock(records, { fallback })).decode()).toThrowError(expect.objectContaining({ code: "BLOCK_CORRUPT" }));
  });
});

test("objects and arrays of another realm are plain", () => {
  const records = runInNewContext("[{ a: [1, 2] }, { a: [3, 4] }]") as unknown[];
  expect(roundTrip(records)).toStrictEqual([{ a: [1, 2] }, { a: [3, 4] }]);
  expect(roundTrip([runInNewContext("new Date(5)")])).toStrictEqual([new Date(5)]);
});

test("the order of fields, missing prototypes and odd names survive", () => {
  const bare: Record<string, unknown> = Object.assign(Object.create(null), { b: 1, a: 2 });
  const odd = JSON.parse('{"__proto__": 1, "a-b": 2, "\\u2028": 3, "constructor": 4}') as unknown;
  for (const times of [1, 1000]) {
    const decoded = roundTrip(Array.from({ length: times }, () => ({ b: 1, a: [bare, odd] }))) as { b: number; a: [object, object] }[];
    const last = decoded.at(-1);
    expect(Object.keys(last ?? {})).toEqual(["b", "a"]);
    expect(Object.getPrototypeOf(last?.a[0])).toBeNull();
    expect(Object.keys(last?.a[0] ?? {})).toEqual(["b", "a"]);
    expect(JSON.stringify(last?.a[1])).toBe(JSON.stringify(odd));
  }
});

test("integers take as few bytes as their range needs and -0 stays", () => {
  const bytesFor = (max: number): number => encodeBlock(Array.from({ length: 10_000 }, (_, at) => (at === 9 ? max : 1))).length;
  expect([127, 128, 32768, 2 ** 31].map((max) => Math.round(bytesFor(max) / 10_000))).toEqual([1, 2, 4, 8]);
  expect(Object.is(roundTrip([1, -0])[1], -0)).toBe(true);
  expect(Object.is(roundTrip([0, -0])[1], -0)).toBe(true);
});

test("few distinct strings become a dictionary", () => {
  const records = Array.from({ length: 1000 }, (_, at) => `some colour ${at % 3}`);
  expect(encodeBlock(records).length).toBeLessThan(1300);
  expect(roundTrip(records)).toEqual(records);
  const late = [...records, ...Array.from({ length: 1000 }, (_, at) => `distinct ${at}`)];
  expect(roundTrip(late)).toEqual(late);
});

test("keys are read as numbers without making records", () => {
  const keys = (records: unknown[]): unknown => openBlock(encodeBlock(records)).keyNumbers();
  expect(keys([1, 2])).toEqual(Int32Array.of(1, 2));
  expect(keys([0.5, 2])).toEqual(Float64Array.of(0.5, 2));
  expect(
    keys([
      [300, "a"],
      [2, "b"],
    ]),
  ).toEqual(Int32Array.of(300, 2));
  expect([keys(["a"]), keys([["a", 1]]), keys([1, null]), keys([{ a: 1 }]), keys([])]).toEqual(Array(5).fill(undefined));
});

test("a block at an odd address is read as well", () => {
  const block = encodeBlock([
    [1.5, "a"],
    [2.5, "b"],
  ]);
  const moved = new Uint8Array(block.length + 3);
  moved.set(block, 3);
  expect(openBlock(moved.subarray(3)).decode()).toEqual([
    [1.5, "a"],
    [2.5, "b"],
  ]);
});

test("equal records give equal bytes whatever the memory held", () => {
  const dirty = (bytes: number): Uint8Array => new Uint8Array(bytes + 8).fill(0xaa);
  expect(encodeBlock([[1, "abc"]], { allocate: dirty })).toEqual(encodeBlock([[1, "abc"]]));
  expect(checksum(encodeBlock([1]))).toBe(checksum(encodeBlock([1])));
  expect(checksum(Buffer.from("123456789"))).toBe(0xcbf43926);
});

test("damaged blocks are refused", () => {
  const block = encodeBlock([[1, "abc"]]);
  const damaged =
    (change: (bytes: Uint8Array) => Uint8Array): (() => unknown) =>
    () =>
      openBlock(change(new Uint8Array(block))).decode();
  const corrupt = expect.objectContaining({ code: "BLOCK_CORRUPT" });
  expect(damaged((bytes) => bytes.subarray(0, 7))).toThrowError(corrupt);
  expect(damaged((bytes) => bytes.subarray(0, 40))).toThrowError(corrupt);
  expect(damaged((bytes) => bytes.subarray(0, bytes.length - 8))).toThrowError(corrupt);
  expect(damaged((bytes) => bytes.fill(9, 0, 1))).toThrowError(corrupt);
  expect(damaged((bytes) => bytes.fill(9, 1, 2))).toThrowError(corrupt);
  expect(damaged((bytes) => bytes.fill(123, 40, 44))).toThrowError(corrupt);
});

test("a block that would pass 4 GiB is refused before memory is asked for", () => {
  const huge = { encode: () => ({ byteLength: 2 ** 32 }) as Uint8Array, decode: () => [] };
  expect(() => encodeBlock([new Point(1)], { fallback: huge })).toThrowError(expect.objectContaining({ code: "BLOCK_TOO_LARGE" }));
});

test("more text than a string can hold is refused", () => {
  const part = "x".repeat(2 ** 24);
  expect(() => encodeBlock(Array.from({ length: 17 }, () => part).map((text, at) => text + at))).toThrowError(
    expect.objectContaining({ code: "BLOCK_TOO_LARGE" }),
  );
});

test("enumerable properties on Object.prototype are none of a record's", () => {
  const records = Array.from({ length: 100 }, (_, at) => ({ a: at }));
  let block: Uint8Array;
  Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true, writable: true });
  try {
    block = encodeBlock(records);
  } finally {
    Reflect.deleteProperty(Object.prototype, "polluted");
  }
  expect(openBlock(block).decode()).toStrictEqual(records);
});

test("shapes that many records widen one after the other still become columns", () => {
  const names = Array.from({ length: 20 }, (_, at) => `f${at}`);
  const records = Array.from({ length: 2000 }, (_, at) =>
    Object.fromEntries(names.map((name, field) => [name, at === 1000 + field * 8 + 1 ? null : at])),
  );
  const block = encodeBlock(records);
  expect(openBlock(block).decode()).toEqual(records);
  expect(block.length).toBeLessThan(2000 * 20 * 2.3);
});

describe("records without a bottom", () => {
  const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = "bottom";
    for (let level = 0; level < levels; level++) value = wrap(value);
    return value;
  };
  const shapes: readonly [string, (inner: unknown) => unknown][] = [
    ["tuples", (inner) => [inner]],
    ["objects", (inner) => ({ inner })],
    ["long arrays", (inner) => [1, 2, 3, 4, 5, 6, 7, 8, inner]],
    ["a mixture", (inner) => ({ a: [inner, null], b: [1, "2", 3, 4, 5, 6, 7, 8, inner === "bottom" ? 9 : [inner]] })],
  ];

  test.each(shapes)("records that hold themselves go through the fallback: %s", (_, wrap) => {
    const inner: unknown[] = [];
    inner.push(wrap(inner));
    const records = [1, "plain", inner];
    const [one, plain, copy] = openBlock(encodeBlock(records, { fallback }), fallback).decode() as [unknown, unknown, unknown[]];
    expect([one, plain]).toEqual([1, "plain"]);
    expect(JSON.stringify(wrap(0))).toBe(JSON.stringify(copy[0], (_key, value: unknown) => (value === copy ? 0 : value)));
  });

  test("two ways back to the record are no harder than one", () => {
    const tree: { left?: unknown; right?: unknown } = {};
    tree.left = tree;
    tree.right = tree;
    const [copy] = openBlock(encodeBlock([tree], { fallback }), fallback).decode() as [typeof tree];
    expect([copy.left, copy.right]).toEqual([copy, copy]);
  });

  test.each(shapes.slice(0, 3))("nested %s, deep and less deep", (_, wrap) => {
    for (const levels of [1, 20, 63, 64, 65, 66, 130, 400]) {
      const records = [nested(levels, wrap), nested(levels, wrap)];
      expect(openBlock(encodeBlock(records, { fallback }), fallback).decode()).toEqual(records);
    }
  });

  test("without a fallback they are refused by name", () => {
    expect(refused([nested(20_000, (inner) => [inner])])).toMatchObject({ code: "RECORD_TOO_DEEP", params: { path: "record" } });
  });
});
