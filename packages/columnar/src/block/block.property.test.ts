import fc from "fast-check";
import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { encodeBlock } from "./encode-block.ts";
import { openBlock } from "./block-reader.ts";

const leaf = fc.oneof(
  fc.integer(),
  fc.integer({ min: -130, max: 130 }),
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 32768),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "a", "é", "€", "😀") }),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom(2n ** 63n, -(2n ** 63n), 0n),
  fc.date({ noInvalidDate: false }),
  fc.constant(null),
  fc.constant(undefined),
);

const { any } = fc.letrec<{ any: unknown; list: unknown; object: unknown }>((tie) => ({
  any: fc.oneof({ depthSize: "small" }, leaf, tie("list"), tie("object")),
  list: fc.array(tie("any"), { maxLength: 10 }),
  object: fc.dictionary(fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("__proto__", "length", "a", "b")), tie("any"), {
    maxKeys: 4,
  }),
}));

/** Values of one shape, nullable here and there, as real batches are. */
const uniform = fc.oneof(
  fc.array(fc.tuple(fc.integer(), fc.double())),
  fc.array(
    fc.record({ a: fc.option(fc.string()), b: fc.integer(), c: fc.option(fc.boolean(), { nil: undefined }) }, { noNullPrototype: true }),
  ),
  fc.array(fc.tuple(fc.string(), fc.array(fc.option(fc.tuple(fc.integer(), fc.date({ noInvalidDate: false })))))),
  fc.array(fc.option(fc.record({ x: fc.option(fc.bigInt()), y: fc.record({ z: fc.constantFrom("p", "q") }) }, { noNullPrototype: false }))),
  fc.array(fc.option(fc.constantFrom("red", "green", "blue"))),
);

// Records repeated often enough that decoders and fillers are compiled.
const batch = fc
  .tuple(fc.oneof(fc.array(any), uniform), fc.constantFrom(1, 1, 40))
  .map(([records, times]) => Array.from({ length: times }, () => records).flat(1));

describe("a block of any plain records", () => {
  test("gives them back exactly", () => {
    fc.assert(
      fc.property(batch, (records) => {
        expect(openBlock(encodeBlock(records)).decode()).toStrictEqual(records);
      }),
      { numRuns: 600 },
    );
  });

  test("gives the same by range and by index", () => {
    fc.assert(
      fc.property(batch, fc.nat(), fc.nat(), fc.array(fc.nat(), { minLength: 1 }), (records, a, b, picks) => {
        const reader = openBlock(encodeBlock(records));
        const [from, to] = [a % (records.length + 1), b % (records.length + 1)].toSorted((x, y) => x - y) as [number, number];
        expect(reader.decodeRange(from, to)).toStrictEqual(records.slice(from, to));
        if (records.length === 0) return;
        const indices = Int32Array.from(picks, (pick) => pick % records.length);
        expect(reader.decodeAt(indices, 1, indices.length)).toStrictEqual(Array.from(indices.subarray(1), (at) => records[at]));
      }),
      { numRuns: 300 },
    );
  });

  test("lies in shared memory as well", () => {
    fc.assert(
      fc.property(batch, (records) => {
        const bytes = encodeBlock(records, { allocate: (size) => new Uint8Array(new SharedArrayBuffer(size + 64), 16, size) });
        expect(openBlock(bytes).decode()).toStrictEqual(records);
      }),
    );
  });

  test("takes odd values through the fallback", () => {
    const fallback = {
      encode: (values: readonly unknown[]) => serialize(values),
      decode: (bytes: Uint8Array) => deserialize(bytes) as unknown[],
    };
    const odd = fc.oneof(any, fc.constantFrom(new Map([[1, 2]]), new Set(["a"]), /x/g));
    fc.assert(
      fc.property(fc.array(fc.oneof(odd, fc.tuple(fc.string(), odd))), (records) => {
        expect(openBlock(encodeBlock(records, { fallback }), fallback).decode()).toStrictEqual(records);
      }),
    );
  });
});
