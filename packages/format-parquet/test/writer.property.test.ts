import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  calendarIntervalType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  mapType,
  MapValue,
  sameType,
  shortType,
  type SQLRow,
  type SQLValue,
  stringType,
  structField,
  type StructType,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  VariantValue,
  variantType,
} from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesSource, type ParquetWriteOptions, ParquetWriter, readParquetMetadata } from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

const arena = testArena(8 << 20);

const flat: readonly (readonly [DataType, fc.Arbitrary<SQLValue>])[] = [
  [booleanType, fc.boolean()],
  [byteType, fc.integer({ min: -128, max: 127 })],
  [shortType, fc.integer({ min: -32_768, max: 32_767 })],
  [integerType, fc.integer()],
  [longType, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [floatType, fc.float()],
  [doubleType, fc.double()],
  [decimalType(5, 2), fc.bigInt({ min: -99999n, max: 99999n })],
  [decimalType(18, 0), fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })],
  [decimalType(20, 3), fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n })],
  [decimalType(38, 10), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  [stringType, fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "a", "b"))],
  [binaryType, fc.uint8Array()],
  [dateType, fc.integer({ min: -719_162, max: 2_932_896 })],
  [timestampType, fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })],
  [timestampNTZType, fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })],
  [timeType(6), fc.bigInt({ min: 0n, max: 86_399_999_999n }).map((micros) => micros * 1000n)],
  [variantType, fc.tuple(fc.uint8Array(), fc.uint8Array()).map(([value, metadata]) => new VariantValue(value, metadata))],
];

interface Column {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly values: fc.Arbitrary<SQLValue>;
}

const few = { maxLength: 4 };

function columns(depth: number): fc.Arbitrary<Column> {
  const plain = fc.constantFrom(...flat).map(([type, values]) => ({ type, values }));
  const inner = (): fc.Arbitrary<Column> => columns(depth - 1);
  const kinds: fc.Arbitrary<Pick<Column, "type" | "values">>[] = [plain];
  if (depth > 0) {
    kinds.push(inner().map((element) => ({ type: arrayType(element.type, element.nullable), values: fc.array(element.values, few) })));
    kinds.push(
      fc.array(inner(), { minLength: 1, maxLength: 3 }).map((fields) => ({
        type: structType(fields.map((field, index) => structField(`f${index}`, field.type, field.nullable))),
        values: fc.tuple(...fields.map((field) => field.values)),
      })),
    );
    kinds.push(
      inner().map((value) => ({
        type: mapType(stringType, value.type, value.nullable),
        values: fc.array(fc.tuple(fc.string(), value.values), few).map((entries) => {
          const keys = entries.map(([key]) => key);
          return new MapValue(
            keys,
            entries.map(([, each]) => each),
          );
        }),
      })),
    );
  }
  return fc.tuple(fc.oneof(...kinds), fc.boolean()).map(([{ type, values }, nullable]) => ({
    type,
    nullable,
    values: nullable ? fc.option(values, { freq: 3 }) : values,
  }));
}

const tables: fc.Arbitrary<{ readonly schema: StructType; readonly rows: readonly SQLRow[] }> = fc
  .array(columns(2), { minLength: 1, maxLength: 4 })
  .chain((fields) =>
    fc.record({
      schema: fc.constant(structType(fields.map((field, index) => structField(`c${index}`, field.type, field.nullable)))),
      rows: fc.array(fc.tuple(...fields.map((field) => field.values)), { maxLength: 60, size: "max" }),
    }),
  );

function written(schema: StructType, rows: readonly SQLRow[], options: ParquetWriteOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new ParquetWriter(schema, (bytes) => parts.push(bytes.slice()), options);
  writer.writeRows(rows);
  const bytes = writer.close();
  const file = Buffer.concat(parts);
  expect(file.byteLength).toBe(bytes);
  return file;
}

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
