import { CalendarInterval, MapValue, VariantValue, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { dataFrameErrors } from "../errors.ts";
import { Decimal } from "./decimal.ts";
import { DayTimeInterval, YearMonthInterval } from "./interval.ts";
import { LocalDate } from "./local-date.ts";
import { LocalDateTime, LocalTime, Timestamp } from "./timestamp.ts";

/**
 * A value as programs get it: BIGINT is bigint, exact decimals, dates and times are classes of their own, maps are Maps, structs plain objects.
 * @see docs/adr/0015-typed-frames.md
 */
export type ExternalValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | LocalDate
  | Timestamp
  | LocalDateTime
  | LocalTime
  | YearMonthInterval
  | DayTimeInterval
  | CalendarInterval
  | VariantValue
  | readonly ExternalValue[]
  | ReadonlyMap<ExternalValue, ExternalValue>
  | { readonly [field: string]: ExternalValue };

/** An engine's value in the form for programs. */
export function externalValue(value: SQLValue, type: DataType): ExternalValue {
  if (value === null) return null;
  switch (type.kind) {
    case "decimal":
      return typeof value === "bigint" ? new Decimal(value, type.scale) : null;
    case "date":
      return typeof value === "number" ? new LocalDate(value) : null;
    case "timestamp":
      return typeof value === "bigint" ? new Timestamp(value) : null;
    case "timestamp_ntz":
      return typeof value === "bigint" ? new LocalDateTime(value) : null;
    case "time":
      return typeof value === "bigint" ? new LocalTime(value) : null;
    case "year-month-interval":
      return typeof value === "number" ? new YearMonthInterval(value) : null;
    case "day-time-interval":
      return typeof value === "bigint" ? new DayTimeInterval(value) : null;
    case "array":
      return Array.isArray(value) ? value.map((item: SQLValue) => externalValue(item, type.element)) : null;
    case "struct":
      if (!Array.isArray(value)) return null;
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, externalValue((value[index] ?? null) as SQLValue, field.dataType)]),
      );
    case "map":
      if (!isMap(value)) return null;
      return new Map(
        value.keys.map((key, index) => [externalValue(key, type.key), externalValue(value.values[index] ?? null, type.value)]),
      );
    default:
      return plain(value);
  }
}

/** By shape: a value that came back from a task may be of the same class loaded twice. */
function isMap(value: SQLValue): value is MapValue {
  return typeof value === "object" && value !== null && "keys" in value && "values" in value && Array.isArray(value.keys);
}

function plain(value: SQLValue): ExternalValue {
  return Array.isArray(value) || isMap(value) ? null : (value as ExternalValue);
}

/**
 * A program's value in the engine's form for a type. Numbers may be given for BIGINT and DECIMAL, a `Date` for a TIMESTAMP.
 * @throws VALUE_TYPE_MISMATCH
 */
export function internalValue(value: unknown, type: DataType, column = "value"): SQLValue {
  if (value === null || value === undefined) return null;
  const found = converted(value, type, column);
  if (found === undefined) {
    throw dataFrameErrors.create("VALUE_TYPE_MISMATCH", { column, value: shownValue(value), found: kindOf(value), expected: type.kind });
  }
  return found;
}

function converted(value: unknown, type: DataType, column: string): SQLValue | undefined {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "byte":
    case "short":
    case "integer":
      return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= integerLimits[type.kind] ? value : undefined;
    case "long":
      return typeof value === "bigint" ? value : typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : undefined;
    case "float":
      return typeof value === "number" ? Math.fround(value) : undefined;
    case "double":
      return typeof value === "number" ? value : undefined;
    case "decimal":
      return decimalOf(value, type.scale);
    case "string":
    case "char":
    case "varchar":
      return typeof value === "string" ? value : undefined;
    case "binary":
      return value instanceof Uint8Array ? value : undefined;
    case "interval":
      return value instanceof CalendarInterval ? value : undefined;
    case "variant":
      return value instanceof VariantValue ? value : undefined;
    case "void":
      return undefined;
    case "array":
      return Array.isArray(value) ? value.map((item) => internalValue(item, type.element, column)) : undefined;
    case "map":
      return mapOf(value, type, column);
    case "struct":
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? type.fields.map((field) => internalValue(Reflect.get(value, field.name), field.dataType, `${column}.${field.name}`))
        : undefined;
    default:
      return calendarValue(value, type.kind);
  }
}

const integerLimits = { byte: 127, short: 32_767, integer: 2_147_483_647 } as const;

function calendarValue(
  value: unknown,
  kind: "date" | "timestamp" | "timestamp_ntz" | "time" | "year-month-interval" | "day-time-interval",
): SQLValue | undefined {
  if (kind === "date") return value instanceof LocalDate ? value.epochDay : undefined;
  if (kind === "timestamp")
    return (value instanceof Date ? Timestamp.of(value) : value instanceof Timestamp ? value : undefined)?.epochMicros;
  if (kind === "timestamp_ntz") return value instanceof LocalDateTime ? value.micros : undefined;
  if (kind === "time") return value instanceof LocalTime ? value.nanosOfDay : undefined;
  if (kind === "year-month-interval") return value instanceof YearMonthInterval ? value.months : undefined;
  return value instanceof DayTimeInterval ? value.micros : undefined;
}

function decimalOf(value: unknown, scale: number): bigint | undefined {
  const given = typeof value === "bigint" || typeof value === "number" ? decimalOfNumber(value) : value;
  if (!(given instanceof Decimal)) return undefined;
  if (given.scale <= scale) return given.unscaled * 10n ** BigInt(scale - given.scale);
  const unit = 10n ** BigInt(given.scale - scale);
  return given.unscaled % unit === 0n ? given.unscaled / unit : undefined;
}

function decimalOfNumber(value: number | bigint): Decimal | undefined {
  return /^-?\d+(\.\d+)?$/.test(String(value)) ? Decimal.of(value) : undefined;
}

function mapOf(value: unknown, type: Extract<DataType, { kind: "map" }>, column: string): SQLValue | undefined {
  if (!(value instanceof Map)) return undefined;
  return new MapValue(
    [...value.keys()].map((key) => internalValue(key, type.key, column)),
    [...value.values()].map((item) => internalValue(item, type.value, column)),
  );
}

/** A program's value in a message: primitives as they are, objects by their class. */
export function shownValue(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? String(value)
    : kindOf(value);
}

/** What a message calls the kind of a program's value. */
export function kindOf(value: unknown): string {
  return typeof value === "object" ? (value?.constructor.name ?? "null") : typeof value;
}
