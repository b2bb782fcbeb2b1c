import { doubleType, floatType, integerType, longType, type SQLRow, structField, structType } from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesSource, decodeRowGroup, readParquetMetadata } from "../src/internal.ts";
import { written } from "./arbitrary-tables.ts";
import { fileValues, testArena } from "./read-rows.ts";

const arena = testArena(8 << 20);
const schema = structType([
  structField("int", integerType),
  structField("long", longType),
  structField("float", floatType),
  structField("double", doubleType),
  structField("key", longType, false),
]);

/** Rows whose nulls lie together, so that pages have none, some, or nothing else. */
const rows = fc
  .array(fc.record({ count: fc.integer({ min: 1, max: 40 }), isNull: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((runs) =>
    runs.flatMap(({ count, isNull }, run) =>
      Array.from({ length: count }, (_, index): SQLRow => {
        const number = run * 1000 + index * 37;
        const values = [number, BigInt(number) * 1_000_003n, Math.fround(number / 3), number / 7];
        return [...values.map((value, column) => (isNull[column] === true ? null : value)), BigInt(index)];
      }),
    ),
  );

test("pages of plain numbers lie one behind the other, with nulls and without", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(3, 8, 50, 1000), fc.constantFrom("none", "snappy", "gzip", "zstd"), (given, pageValuesMax, codec) => {
      const source = bytesSource("file", written(schema, given, { pageValuesMax, codec, dictionaryBytesMax: 0 }));
      const values = fileValues(source, arena);
      schema.fields.forEach(({ name }, index) => expect(values[name]).toEqual(given.map((row) => row[index])));
    }),
    { numRuns: 300 },
  );
});

test("values of a page without nulls are decompressed to where they stay", () => {
  const given = Array.from({ length: 1000 }, (_, index): SQLRow => [index, BigInt(index), index, index, BigInt(index)]);
  const read = (codec: "none" | "snappy"): number => {
    const source = bytesSource("file", written(schema, given, { codec, dictionaryBytesMax: 0 }));
    arena.reset();
    const { columns } = decodeRowGroup(source, readParquetMetadata(source), 0, ["double", "key"], arena);
    for (const { data } of columns) expect(data % 16).toBe(0);
    return arena.usedBytes;
  };
  // No page has a buffer of its own beside the vectors' and the file's bytes.
  expect(read("snappy")).toBeLessThan(read("none") + 1000);
});
