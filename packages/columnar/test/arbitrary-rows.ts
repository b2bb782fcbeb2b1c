import fc from "fast-check";
import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  charType,
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
  voidType,
  yearMonthIntervalType,
} from "../src/internal.ts";

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
// Small enough for programs that count time in milliseconds as doubles.
const micros = fc.bigInt({ min: -(2n ** 50n), max: 2n ** 50n });
const decimal = (precision: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n });
const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "a", "b"));

/** All types that Arrow has, with their values. */
const flat: readonly (readonly [DataType, fc.Arbitrary<SQLValue>])[] = [
  [voidType, fc.constant(null)],
  [booleanType, fc.boolean()],
  [byteType, fc.integer({ min: -128, max: 127 })],
  [shortType, fc.integer({ min: -32_768, max: 32_767 })],
  [integerType, fc.oneof(fc.integer(), fc.integer({ min: -9, max: 9 }))],
  [longType, fc.oneof(long, fc.bigInt({ min: -9n, max: 9n }))],
  [floatType, fc.float()],
  [doubleType, fc.double()],
  [decimalType(5, 2), decimal(5)],
  [decimalType(18, 0), decimal(18)],
  [decimalType(38, 10), fc.oneof(decimal(38), decimal(3))],
  [stringType, text],
  [charType(3), fc.constantFrom("abc", "d  ")],
  [binaryType, fc.uint8Array()],
  [dateType, fc.integer({ min: -719_162, max: 2_932_896 })],
  [timestampType, micros],
  [timestampNTZType, micros],
  [timeType(6), fc.bigInt({ min: 0n, max: 86_399_999_999n }).map((value) => value * 1000n)],
  [yearMonthIntervalType(), fc.integer()],
  [dayTimeIntervalType(), long],
  [variantType, fc.tuple(fc.uint8Array(), fc.uint8Array()).map(([value, metadata]) => new VariantValue(value, metadata))],
];

interface Column {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly values: fc.Arbitrary<SQLValue>;
}

const few = { maxLength: 4 };

function columns(depth: number): fc.Arbitrary<Column> {
  const kinds: fc.Arbitrary<Pick<Column, "type" | "values">>[] = [fc.constantFrom(...flat).map(([type, values]) => ({ type, values }))];
  if (depth > 0) {
    const inner = columns(depth - 1);
    kinds.push(inner.map((element) => ({ type: arrayType(element.type, element.nullable), values: fc.array(element.values, few) })));
    kinds.push(
      fc.array(inner, { minLength: 1, maxLength: 3 }).map((fields) => ({
        type: structType(fields.map((field, index) => structField(`f${index}`, field.type, field.nullable))),
        values: fc.tuple(...fields.map((field) => field.values)),
      })),
    );
    kinds.push(
      inner.map((value) => ({
        type: mapType(stringType, value.type, value.nullable),
        values: fc.uniqueArray(fc.tuple(fc.string(), value.values), { ...few, selector: ([key]) => key }).map(
          (entries) =>
            new MapValue(
              entries.map(([key]) => key),
              entries.map(([, each]) => each),
            ),
        ),
      })),
    );
  }
  return fc.tuple(fc.oneof(...kinds), fc.boolean()).map(([{ type, values }, isOptional]) => ({
    type,
    nullable: isOptional || type.kind === "void",
    values: isOptional ? fc.option(values, { freq: 3 }) : values,
  }));
}

/** Tables of all types, nested to two levels, with nulls. */
export const tables: fc.Arbitrary<{ readonly schema: StructType; readonly rows: readonly SQLRow[] }> = fc
  .array(columns(2), { minLength: 1, maxLength: 4 })
  .chain((fields) =>
    fc.record({
      schema: fc.constant(structType(fields.map((field, index) => structField(`c${index}`, field.type, field.nullable)))),
      rows: fc.array(fc.tuple(...fields.map((field) => field.values)), { maxLength: 40, size: "max" }),
    }),
  );
