import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  type DataType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  mapType,
  MapValue,
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
  yearMonthIntervalType,
} from "@vonk/columnar/internal";
import fc from "fast-check";
import { type ParquetWriteOptions, ParquetWriter } from "../src/internal.ts";

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
  [timeType(3), fc.bigInt({ min: 0n, max: 86_399_999n }).map((millis) => millis * 1_000_000n)],
  [yearMonthIntervalType(), fc.integer()],
  [yearMonthIntervalType("month"), fc.integer()],
  [dayTimeIntervalType("hour", "minute"), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
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

/** Tables of all types, nested to two levels, with nulls. */
export const tables: fc.Arbitrary<{ readonly schema: StructType; readonly rows: readonly SQLRow[] }> = fc
  .array(columns(2), { minLength: 1, maxLength: 4 })
  .chain((fields) =>
    fc.record({
      schema: fc.constant(structType(fields.map((field, index) => structField(`c${index}`, field.type, field.nullable)))),
      rows: fc.array(fc.tuple(...fields.map((field) => field.values)), { maxLength: 60, size: "max" }),
    }),
  );

/** A file of rows. */
export function written(schema: StructType, rows: readonly SQLRow[], options: ParquetWriteOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new ParquetWriter(schema, (bytes) => parts.push(bytes.slice()), options);
  writer.writeRows(rows);
  const bytes = writer.close();
  const file = Buffer.concat(parts);
  if (file.byteLength !== bytes) throw new RangeError(`the writer counts ${bytes} bytes of ${file.byteLength}`);
  return file;
}
