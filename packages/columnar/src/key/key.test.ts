import { expect, test } from "vitest";
import { keyEquals } from "./key-equals.ts";
import { KeyMap } from "./key-map.ts";
import { naturalCompare } from "./natural-compare.ts";
import { portableHash } from "./portable-hash.ts";

class Point {}

test("hashes are the same on every machine and in every release", () => {
  const keys = [
    0,
    1,
    -1,
    0.5,
    2 ** 40,
    Number.NaN,
    "",
    "a",
    "spark",
    "\ud800",
    true,
    null,
    undefined,
    5n,
    2n ** 70n,
    new Date(0),
    [1, "a"],
    { a: 1, b: 2 },
  ];
  expect(keys.map(portableHash)).toMatchInlineSnapshot(`
    [
      0,
      1364076727,
      -2114883783,
      -790943335,
      -2101903230,
      104869765,
      0,
      465542379,
      19687291,
      -735862722,
      -1061120366,
      -1424857455,
      -1854477541,
      -1643875706,
      -624846738,
      1020716019,
      -1496577115,
      -843455981,
    ]
  `);
});

test("class instances, functions and symbols are refused as keys by name", () => {
  for (const [key, className] of [
    [new Point(), "Point"],
    [() => 1, "function"],
    [Symbol("a"), "symbol"],
    [[1, new Map()], "Map"],
    [{ a: /x/ }, "RegExp"],
  ] as const) {
    const refused = expect.objectContaining({ code: "KEY_NOT_COMPARABLE", params: { className } });
    expect(() => portableHash(key)).toThrowError(refused);
    expect(() => new KeyMap().set(key, 1)).toThrowError(refused);
    expect(() => naturalCompare(key, key)).toThrowError(refused);
  }
  expect(keyEquals(new Point(), new Point())).toBe(false);
});

test("the order across types is the documented one", () => {
  const ordered = [
    undefined,
    null,
    false,
    true,
    -Infinity,
    -1,
    0,
    2,
    Infinity,
    Number.NaN,
    -5n,
    3n,
    "",
    "a",
    "ab",
    "b",
    new Date(0),
    new Date(1),
    new Date(Number.NaN),
    [],
    [1],
    [1, 2],
    [2],
    {},
    { a: 2 },
    { a: 3 },
    { a: 1, b: 0 },
    { b: 0 },
  ];
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) expect(Math.sign(naturalCompare(a, b)), `${String(i)} ${String(j)}`).toBe(Math.sign(i - j));
  }
});

test("a map is cleared whole and keeps the order of first sets", () => {
  const map = new KeyMap<number>().set("b", 1).set([1], 2).set(3, 3).set("b", 4);
  expect([...map.entries()]).toEqual([
    ["b", 4],
    [[1], 2],
    [3, 3],
  ]);
  const seen: unknown[] = [];
  map.forEach((value, key) => seen.push([key, value]));
  expect(seen).toEqual([...map.entries()]);
  expect([map.size, map.get([1]), map.has(4), map.get("c")]).toEqual([3, 2, false, undefined]);
  map.clear();
  expect([map.size, map.get("b")]).toEqual([0, undefined]);
});

test("keys that are too deep or hold themselves are refused", () => {
  const refused = expect.objectContaining({ code: "KEY_TOO_DEEP" });
  const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ inner }), [1]);
  const cyclic: unknown[] = [];
  cyclic.push(cyclic, cyclic);
  for (const key of [nested(20_000), cyclic]) {
    expect(() => portableHash(key)).toThrowError(refused);
    expect(() => new KeyMap().set(key, 1)).toThrowError(refused);
  }
  expect(() => naturalCompare(nested(20_000), nested(20_000))).toThrowError(refused);
  expect(naturalCompare(nested(200), nested(200))).toBe(0);
  expect(portableHash(nested(200))).toBe(portableHash(nested(200)));
});
