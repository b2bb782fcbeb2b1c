import { expect, test } from "vitest";
import { NumberIndex } from "./number-index.ts";

test("a table that grows inside a batch loses and doubles nothing", () => {
  const keys = Float64Array.from({ length: 300_000 }, (_, at) => ((at * 7919) % 100_003) / (at % 2 === 0 ? 1 : 3));
  const expected = new Map<number, number>();
  for (const key of keys) if (!expected.has(key)) expected.set(key, expected.size);
  const index = new NumberIndex();
  const out = new Int32Array(keys.length);
  index.slots(keys, out);
  expect(index.size).toBe(expected.size);
  expect([...out]).toEqual(Array.from(keys, (key) => expected.get(key)));
  expect(Array.from(keys, (key) => index.find(key))).toEqual([...out]);
  expect(index.find(0.123)).toBe(-1);
});

test("integers, doubles, -0 and NaN are found whatever array they come in", () => {
  const index = new NumberIndex();
  const out = new Int32Array(4);
  index.slots(Int32Array.of(0, -1, 2, 0), out);
  expect([...out]).toEqual([0, 1, 2, 0]);
  index.slots(Float64Array.of(-0, Number.NaN, 2, -1), out);
  expect([...out]).toEqual([0, 3, 2, 1]);
  expect(index.slot(Number.NaN)).toBe(3);
  expect(Object.is(index.keyAt(0), 0)).toBe(true);
  index.clear();
  expect([index.size, index.find(2)]).toEqual([0, -1]);
});
