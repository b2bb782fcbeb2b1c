import {
  binaryType,
  booleanType,
  CalendarInterval,
  calendarIntervalType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  integerType,
  longType,
  stringType,
  timestampNTZType,
  timestampType,
  timeType,
  voidType,
  yearMonthIntervalType,
} from "@vonk/columnar/internal";
import { dataFrameErrors } from "../errors.ts";
import type { Expression } from "../expression/expression.ts";
import { literal, unresolvedFunction } from "../expression/factories.ts";
import { Decimal } from "../value/decimal.ts";
import { kindOf } from "../value/external-value.ts";
import { DayTimeInterval, YearMonthInterval } from "../value/interval.ts";
import { LocalDate } from "../value/local-date.ts";
import { LocalDateTime, LocalTime, Timestamp } from "../value/timestamp.ts";

/** A constant of a program's value: whole numbers of 32 bits are INT, other numbers DOUBLE. @throws INVALID_ARGUMENT for values of no SQL type */
export function literalOf(value: unknown): Expression {
  switch (typeof value) {
    case "string":
      return literal(value, stringType);
    case "boolean":
      return literal(value, booleanType);
    case "bigint":
      return literal(value, longType);
    case "number":
      return literal(value, isInteger(value) ? integerType : doubleType);
    case "undefined":
      return literal(null, voidType);
    default:
      return literalOfObject(value);
  }
}

function isInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 && !Object.is(value, -0);
}

function literalOfObject(value: unknown): Expression {
  if (value === null) return literal(null, voidType);
  if (value instanceof Decimal) {
    const digits = value.unscaled.toString().replace("-", "").length;
    return literal(value.unscaled, decimalType(Math.max(digits, value.scale, 1), value.scale));
  }
  if (value instanceof LocalDate) return literal(value.epochDay, dateType);
  if (value instanceof Timestamp) return literal(value.epochMicros, timestampType);
  if (value instanceof Date) return literal(Timestamp.of(value).epochMicros, timestampType);
  if (value instanceof LocalDateTime) return literal(value.micros, timestampNTZType);
  if (value instanceof LocalTime) return literal(value.nanosOfDay, timeType());
  if (value instanceof YearMonthInterval) return literal(value.months, yearMonthIntervalType());
  if (value instanceof DayTimeInterval) return literal(value.micros, dayTimeIntervalType());
  if (value instanceof CalendarInterval) return literal(value, calendarIntervalType);
  if (value instanceof Uint8Array) return literal(value, binaryType);
  if (Array.isArray(value)) return unresolvedFunction("array", value.map(literalOf));
  if (value instanceof Map) return unresolvedFunction("map", [...value].flat().map(literalOf));
  throw dataFrameErrors.create("INVALID_ARGUMENT", {
    method: "lit()",
    argument: "its value",
    expected: "text, a number, bigint, boolean, null, Decimal, a date or time, bytes, an array or a Map",
    found: kindOf(value),
  });
}
