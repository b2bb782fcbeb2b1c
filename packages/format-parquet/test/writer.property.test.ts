import {
  arrayType,
  calendarIntervalType,
  integerType,
  longType,
  sameType,
  type SQLRow,
  stringType,
  structField,
  structType,
} from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesSource, type ParquetWriteOptions, ParquetWriter, readParquetMetadata } from "../src/internal.ts";
import { tables, written } from "./arbitrary-tables.ts";
import { fileValues, testArena } from "./read-rows.ts";

const arena = testArena(8 << 20);

test("what is written is read", () => {
  const options: fc.Arbitrary<ParquetWriteOptions> = fc.record({
    codec: fc.constantFrom("none", "snappy", "gzip", "zstd"),
    rowGroupRowsMax: fc.constantFrom(7, 1000),
    pageValuesMax: fc.constantFrom(5, 1000),
    dictionaryBytesMax: fc.constantFrom(0, 20, 10_000),
  });
  fc.assert(
    fc.property(tables, options, ({ schema, rows }, given) => {
      const source = bytesSource("file", written(schema, rows, given));
      const metadata = readParquetMetadata(source);
      expect(metadata.rows).toBe(rows.length);
      expect(sameType(metadata.schema, schema)).toBe(true);
      arena.reset();
      const values = fileValues(source, arena);
      schema.fields.forEach(({ name }, index) => expect(values[name]).toEqual(rows.map((row) => row[index])));
    }),
    { numRuns: 300 },
  );
});

test("long runs, many values, long texts", () => {
  const schema = structType([structField("run", longType), structField("key", integerType, false), structField("text", stringType)]);
  const rows = Array.from({ length: 30_000 }, (_, i): SQLRow => [
    i % 1000 < 3 ? null : BigInt(Math.floor(i / 5000)),
    i * 7919,
    `${"long ".repeat(i % 40)}${i % 300}`,
  ]);
  for (const codec of ["none", "snappy", "gzip", "zstd"] as const) {
    const large = testArena(64 << 20);
    const file = written(schema, rows, { codec });
    const values = fileValues(bytesSource("file", file), large);
    schema.fields.forEach(({ name }, index) => expect(values[name]?.every((value, row) => value === rows[row]?.[index])).toBe(true));
  }
});

test("types that Parquet does not have", () => {
  const schema = structType([structField("a", arrayType(calendarIntervalType))]);
  expect(() => new ParquetWriter(schema, () => {})).toThrow(
    expect.objectContaining({ code: "PARQUET_TYPE_NOT_WRITABLE", params: { column: "a.list.element", type: "interval" } }),
  );
});
