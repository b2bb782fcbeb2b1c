import { dateType, integerType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { addMonths, civilFromDays, daysFromCivil } from "../calendar/civil-date.ts";
import type { ScalarFunction } from "../function/function-entry.ts";
import { exactly, oneOf, signature, ofKind } from "../function/signature.ts";
import { byteType, shortType } from "@vonk/columnar/internal";

const smallInteger = oneOf(integerType, shortType, byteType);

/** A field of a date as INT. */
function dateField(name: string, doc: string, field: (days: number) => number, aliases: readonly string[] = []): ScalarFunction {
  return {
    kind: "scalar",
    name,
    aliases,
    group: "datetime",
    doc,
    arity: [1, 1],
    nulls: "propagate",
    resolve: signature([exactly(dateType)], integerType),
    evaluator: () => (days) => field(Number(days)),
  };
}

/** Monday is 0. 1970-01-01 was a Thursday. */
function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

function dayOfYear(days: number): number {
  return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1;
}

/** ISO 8601: the week that has the year's first Thursday is 1. */
function weekOfYear(days: number): number {
  const thursday = days - weekday(days) + 3;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

function dayShift(name: string, doc: string, aliases: readonly string[], sign: 1 | -1): ScalarFunction {
  return {
    kind: "scalar",
    name,
    aliases,
    group: "datetime",
    doc,
    arity: [2, 2],
    nulls: "propagate",
    resolve: signature([exactly(dateType), smallInteger], dateType),
    evaluator: () => (days, count) => Number(days) + sign * Number(count),
  };
}

function monthShift(name: string, sign: 1 | -1): ScalarFunction {
  return {
    kind: "scalar",
    name,
    group: "datetime",
    doc: "The date some months away; the day is cut to the length of its month.",
    arity: [2, 2],
    nulls: "propagate",
    resolve: signature([exactly(dateType), ofKind("INTERVAL YEAR TO MONTH", "year-month-interval", "integer", "short", "byte")], dateType),
    evaluator: () => (days: SQLValue, months: SQLValue) => addMonths(Number(days), sign * Number(months)),
  };
}

/** The type that adding to it keeps. */
export function isDate(type: DataType): boolean {
  return type.kind === "date";
}

/** Functions of dates. */
export const dateFunctions: readonly ScalarFunction[] = [
  dateField("year", "The year.", (days) => civilFromDays(days).year),
  dateField("quarter", "The quarter, 1 to 4.", (days) => Math.ceil(civilFromDays(days).month / 3)),
  dateField("month", "The month, 1 to 12.", (days) => civilFromDays(days).month),
  dateField("dayofmonth", "The day of the month, from 1.", (days) => civilFromDays(days).day, ["day"]),
  dateField("dayofyear", "The day of the year, from 1.", dayOfYear),
  dateField("dayofweek", "The day of the week; Sunday is 1.", (days) => ((weekday(days) + 1) % 7) + 1),
  dateField("weekday", "The day of the week; Monday is 0.", weekday),
  dateField("weekofyear", "The week of the year by ISO 8601.", weekOfYear),
  dayShift("date_add", "The date some days later.", ["dateadd"], 1),
  dayShift("date_sub", "The date some days earlier.", [], -1),
  monthShift("add_months", 1),
  {
    kind: "scalar",
    name: "datediff",
    aliases: ["date_diff"],
    group: "datetime",
    doc: "Days from the second date to the first.",
    arity: [2, 2],
    nulls: "propagate",
    resolve: signature([exactly(dateType)], integerType),
    evaluator: () => (end, start) => Number(end) - Number(start),
  },
];
