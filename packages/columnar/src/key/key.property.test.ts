import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyIndex } from "./kernel/key-index.ts";
import { keyEquals } from "./key-equals.ts";
import { KeyMap } from "./key-map.ts";
import { naturalCompare } from "./natural-compare.ts";
import { portableHash } from "./portable-hash.ts";

const { key } = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { depthSize: "small" },
    fc.integer({ min: -3, max: 3 }),
    fc.double(),
    fc.constantFrom(-0, Number.NaN, 2 ** 31, 0.5),
    fc.string({ maxLength: 2, unit: fc.constantFrom("a", "b", "\ud800") }),
    fc.boolean(),
    fc.bigInt({ min: -2n, max: 2n }),
    fc.bigInt(),
    fc.date({ min: new Date(0), max: new Date(2), noInvalidDate: false }),
    fc.constantFrom(null, undefined),
    fc.array(tie("key"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "__proto__"), tie("key"), { maxKeys: 3 }),
  ),
}));

/** The same value made of other objects, fields in another order, -0 for 0. */
function twin(value: unknown): unknown {
  if (value === 0) return -0;
  if (Array.isArray(value)) return value.map(twin);
  if (value instanceof Date) return new Date(value.getTime());
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, twin(field)]),
  );
}

describe("keys by value", () => {
  test("equal keys have one hash and compare as equal", () => {
    fc.assert(
      fc.property(key, (a) => {
        const b = twin(a);
        expect(keyEquals(a, b)).toBe(true);
        expect(portableHash(a)).toBe(portableHash(b));
        expect(Math.abs(naturalCompare(a, b))).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("the order agrees with equality, is antisymmetric and transitive", () => {
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(naturalCompare(a, b) === 0).toBe(keyEquals(a, b));
        expect(Math.sign(naturalCompare(a, b)) + Math.sign(naturalCompare(b, a))).toBe(0);
        if (naturalCompare(a, b) <= 0 && naturalCompare(b, c) <= 0) expect(naturalCompare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });

  test("slots are dense, in the order of first sight, and found again", () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(key), fc.array(fc.double()), fc.array(fc.integer()), fc.array(fc.string())), (keys) => {
        const distinct: unknown[] = [];
        const expected = keys.map((each) => {
          const known = distinct.findIndex((seen) => keyEquals(seen, each));
          return known >= 0 ? known : distinct.push(each) - 1;
        });
        const index = new KeyIndex();
        const out = new Int32Array(keys.length);
        index.slots(keys, out);
        expect([...out]).toEqual(expected);
        expect(index.size).toBe(distinct.length);
        expect(keys.map((each) => index.find(each))).toEqual(expected);
        expect(distinct.every((each, slot) => keyEquals(index.keyAt(slot), each))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("a map keeps the last value set for equal keys", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.integer())), (entries) => {
        const map = new KeyMap<number>();
        for (const [each, value] of entries) map.set(each, value);
        for (const [each] of entries) {
          expect(map.get(twin(each))).toBe(entries.findLast(([other]) => keyEquals(other, each))?.[1]);
        }
        expect([...map.entries()]).toHaveLength(map.size);
      }),
    );
  });
});
