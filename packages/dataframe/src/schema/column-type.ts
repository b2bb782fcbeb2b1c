import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  mapType,
  shortType,
  stringType,
  structField,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  yearMonthIntervalType,
  type DataType,
  type StructType,
} from "@vonk/columnar/internal";
import type { Decimal } from "../value/decimal.ts";
import type { DayTimeInterval, YearMonthInterval } from "../value/interval.ts";
import type { LocalDate } from "../value/local-date.ts";
import type { LocalDateTime, LocalTime, Timestamp } from "../value/timestamp.ts";

declare const integral: unique symbol;
declare const valueType: unique symbol;

/** A number of TINYINT, SMALLINT or INT: a plain number in programs, told apart because sums of it are BIGINT. */
export type Int = number & { readonly [integral]: true };

/** A type of columns whose values are `T` in programs. */
export interface ColumnType<T> {
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly [valueType]?: T;
}

/** The columns of a DataFrame, of which `S` has the values by name. */
export interface Schema<S> extends StructType {
  readonly [valueType]?: S;
}

/** Types of columns by name: what {@link schema} is made of. */
export type ColumnTypes = Readonly<Record<string, ColumnType<unknown>>>;

/** The values that columns of some types have. */
export type ValuesOf<Types extends ColumnTypes> = {
  -readonly [Name in keyof Types]: Types[Name] extends ColumnType<infer T> ? T : never;
} & {};

/** Spark's types. Columns of them are never null unless {@link nullable} says so. */
export const types: {
  readonly boolean: ColumnType<boolean>;
  readonly tinyint: ColumnType<Int>;
  readonly smallint: ColumnType<Int>;
  readonly int: ColumnType<Int>;
  readonly bigint: ColumnType<bigint>;
  readonly float: ColumnType<number>;
  readonly double: ColumnType<number>;
  readonly string: ColumnType<string>;
  readonly binary: ColumnType<Uint8Array>;
  readonly date: ColumnType<LocalDate>;
  readonly timestamp: ColumnType<Timestamp>;
  readonly timestamp_ntz: ColumnType<LocalDateTime>;
  readonly time: ColumnType<LocalTime>;
  readonly yearMonthInterval: ColumnType<YearMonthInterval>;
  readonly dayTimeInterval: ColumnType<DayTimeInterval>;
  readonly decimal: (precision: number, scale: number) => ColumnType<Decimal>;
  readonly array: <T>(element: ColumnType<T>) => ColumnType<readonly T[]>;
  readonly map: <K, V>(key: ColumnType<K>, value: ColumnType<V>) => ColumnType<ReadonlyMap<K, V>>;
  readonly struct: <const Types extends ColumnTypes>(fields: Types) => ColumnType<ValuesOf<Types>>;
} = {
  boolean: of(booleanType),
  tinyint: of(byteType),
  smallint: of(shortType),
  int: of(integerType),
  bigint: of(longType),
  float: of(floatType),
  double: of(doubleType),
  string: of(stringType),
  binary: of(binaryType),
  date: of(dateType),
  timestamp: of(timestampType),
  timestamp_ntz: of(timestampNTZType),
  time: of(timeType()),
  yearMonthInterval: of(yearMonthIntervalType()),
  dayTimeInterval: of(dayTimeIntervalType()),
  decimal: (precision, scale) => of(decimalType(precision, scale)),
  array: (element) => of(arrayType(element.dataType, element.nullable)),
  map: (key, value) => of(mapType(key.dataType, value.dataType, value.nullable)),
  struct: (fields) => of(structOf(fields)),
};

function of<T>(dataType: DataType): ColumnType<T> {
  return { dataType, nullable: false };
}

function structOf(fields: ColumnTypes): StructType {
  return structType(Object.entries(fields).map(([name, type]) => structField(name, type.dataType, type.nullable)));
}

/** The same type for columns that may be null. */
export function nullable<T>(type: ColumnType<T>): ColumnType<T | null> {
  return { dataType: type.dataType, nullable: true };
}

/** Columns by name and type; `DataFrame`s that are made with it know them: `schema({ city: types.string, sold: nullable(types.bigint) })`. */
export function schema<const Types extends ColumnTypes>(columns: Types): Schema<ValuesOf<Types>> {
  return structOf(columns);
}
