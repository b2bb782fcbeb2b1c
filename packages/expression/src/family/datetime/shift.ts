import {
  asBigint,
  asNumber,
  asText,
  byteType,
  dateType,
  integerType,
  longType,
  shortType,
  stringType,
  timestampType,
  doubleType,
  booleanType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { addMonths, civilFromDays, daysFromCivil, daysInMonth } from "../../calendar/civil-date.ts";
import { timeZoneOf, toLocalMicros, toUTCMicros, type TimeZone } from "../../calendar/time-zone.ts";
import { dayOf, floorDivide, floorModulo, microsOfDay, monthsLater } from "../../calendar/timestamp-text.ts";
import { weekday, weekdayOfName } from "../../calendar/week.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { coerceTo, exactly, ofKind, oneOf, type Parameter } from "../../function/signature.ts";
import { anyDate, anyTimestamp, word } from "./parameter.ts";

const datetime = family("datetime");
const smallInteger: Parameter = {
  ...oneOf(integerType, shortType, byteType),
  casts: [],
  becomes: (type) => (type.kind === "string" || type.kind === "void" ? integerType : undefined),
};

const identity = (micros: bigint): bigint => micros;

/** From a value's own count to local microseconds and back, by its type. */
export function localClock(
  type: DataType,
  site: CallSite,
): { readonly local: (micros: bigint) => bigint; readonly back: (micros: bigint) => bigint } {
  if (type.kind !== "timestamp") return { local: identity, back: identity };
  const zone: TimeZone = timeZoneOf(site.session.timeZone);
  return { local: (micros) => toLocalMicros(micros, zone), back: (micros) => toUTCMicros(micros, zone) };
}

const daysMax = 2 ** 31;

/** A day beyond what DATE holds is an error. @throws DATETIME_OVERFLOW */
export function checkedDays(days: number, site: { readonly mode: string }, operation: string): number | null {
  if (days >= -daysMax && days < daysMax) return days;
  if (site.mode === "try") return null;
  throw expressionErrors.create("DATETIME_OVERFLOW", { operation });
}

/** Microseconds beyond what TIMESTAMP holds are an error. @throws DATETIME_OVERFLOW */
export function checkedMicros(micros: bigint, site: { readonly mode: string }, operation: string): bigint | null {
  if (BigInt.asIntN(64, micros) === micros) return micros;
  if (site.mode === "try") return null;
  throw expressionErrors.create("DATETIME_OVERFLOW", { operation });
}

function dayShift(name: string, doc: string, aliases: readonly string[], sign: 1 | -1): ScalarFunction {
  return datetime(
    name,
    doc,
    [anyDate, smallInteger],
    dateType,
    (site) => (days, count) => checkedDays(asNumber(days) + sign * asNumber(count), site, `add ${asNumber(count)} days to a date`),
    { aliases },
  );
}

const unitMonths: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const unitDays: Readonly<Record<string, number>> = { WEEK: 7, DAY: 1, DAYOFYEAR: 1 };
const unitMicros: Readonly<Record<string, bigint>> = {
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1000n,
  MICROSECOND: 1n,
};

function unitOf(site: CallSite): string {
  // A unit that is NULL makes the call NULL: the evaluator is not asked.
  if (site.args[0]?.constant?.value === null) return "DAY";
  const unit = asText(site.args[0]?.constant?.value ?? "").toUpperCase();
  if (unit in unitMonths || unit in unitDays || unit in unitMicros) return unit;
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.DATETIME_UNIT", {
    parameter: "`unit`",
    functionName: `\`${site.name}\``,
    invalidValue: `'${unit}'`,
  });
}

/** Months and days on the session's clock, smaller units in time that passes. */
function timestampAdd(site: CallSite): Evaluator {
  const unit = unitOf(site);
  const clock = localClock(site.args[2]?.dataType ?? timestampType, site);
  return (_unit, count, moment) => {
    const [many, micros] = [asBigint(count), asBigint(moment)];
    const operation = `add ${many} ${unit} to a timestamp`;
    if (unit in unitMicros) return checkedMicros(micros + many * (unitMicros[unit] ?? 0n), site, operation);
    if (unit in unitDays) return checkedMicros(clock.back(clock.local(micros) + many * microsOfDay(unitDays[unit] ?? 0)), site, operation);
    const months = Number(many) * (unitMonths[unit] ?? 0);
    if (Math.abs(months) > 12 * 600_000) return checkedMicros(2n ** 64n, site, operation);
    return checkedMicros(clock.back(monthsLater(clock.local(micros), months)), site, operation);
  };
}

/** Whole units from the first moment to the second, on the session's clock. */
function timestampDifference(site: CallSite): Evaluator {
  const unit = unitOf(site);
  const clock = localClock(site.args[1]?.dataType ?? timestampType, site);
  return (_unit, start, end) => {
    const [from, to] = [clock.local(asBigint(start)), clock.local(asBigint(end))];
    if (unit in unitMicros) return (to - from) / (unitMicros[unit] ?? 1n);
    if (unit in unitDays) return (to - from) / microsOfDay(unitDays[unit] ?? 1);
    return wholeMonths(from, to) / BigInt(unitMonths[unit] ?? 1);
  };
}

function wholeMonths(from: bigint, to: bigint): bigint {
  const [a, b] = [civilFromDays(dayOf(from)), civilFromDays(dayOf(to))];
  const months = (b.year - a.year) * 12 + b.month - a.month;
  const rest = microsOfDay(b.day - a.day) + floorModulo(to, 86_400_000_000n) - floorModulo(from, 86_400_000_000n);
  return BigInt(months > 0 && rest < 0n ? months - 1 : months < 0 && rest > 0n ? months + 1 : months);
}

/** Spark's count of months: whole when both are the same day of their months, or both the last; else with 31-day fractions. */
function monthsBetween(site: CallSite): Evaluator {
  const clock = localClock(site.args[0]?.dataType ?? timestampType, site);
  return (first, second, round = true) => {
    const [m1, m2] = [clock.local(asBigint(first)), clock.local(asBigint(second))];
    const [a, b] = [civilFromDays(dayOf(m1)), civilFromDays(dayOf(m2))];
    const months = (a.year - b.year) * 12 + a.month - b.month;
    const lastDays = a.day === daysInMonth(a.year, a.month) && b.day === daysInMonth(b.year, b.month);
    if (a.day === b.day || lastDays) return months;
    const seconds = (micros: bigint): number => Number(floorModulo(micros, 86_400_000_000n) / 1_000_000n);
    const difference = months + ((a.day - b.day) * 86_400 + seconds(m1) - seconds(m2)) / (31 * 86_400);
    return round === true ? Math.round(difference * 1e8) / 1e8 : difference;
  };
}

function nextDay(site: CallSite): Evaluator {
  return (days, name) => {
    const wanted = weekdayOfName(asText(name));
    if (wanted !== undefined) {
      const ahead = (wanted - weekday(asNumber(days)) + 7) % 7;
      return asNumber(days) + (ahead === 0 ? 7 : ahead);
    }
    if (site.mode !== "ansi") return null;
    throw expressionErrors.create("ILLEGAL_DAY_OF_WEEK", { string: asText(name) });
  };
}

/** The first day of the unit that the day is in; undefined for units of less than a day, and for none. */
function truncateDays(days: number, unit: string): number | undefined {
  const { year, month } = civilFromDays(days);
  switch (unit) {
    case "YEAR":
    case "YYYY":
    case "YY":
      return daysFromCivil(year, 1, 1);
    case "QUARTER":
      return daysFromCivil(year, Math.floor((month - 1) / 3) * 3 + 1, 1);
    case "MONTH":
    case "MON":
    case "MM":
      return daysFromCivil(year, month, 1);
    case "WEEK":
      return days - weekday(days);
    default:
      return undefined;
  }
}

function dateTruncate(site: CallSite): Evaluator {
  const clock = localClock(site.dataType, site);
  return (format, moment): SQLValue => {
    const unit = asText(format).toUpperCase();
    const micros = asBigint(moment);
    if (unit === "MICROSECOND") return micros;
    if (unit === "MILLISECOND") return floorDivide(micros, 1000n) * 1000n;
    if (unit === "SECOND") return floorDivide(micros, 1_000_000n) * 1_000_000n;
    const local = clock.local(micros);
    const step =
      unit === "MINUTE" ? 60_000_000n : unit === "HOUR" ? 3_600_000_000n : unit === "DAY" || unit === "DD" ? 86_400_000_000n : undefined;
    if (step !== undefined) return step === 60_000_000n ? micros - floorModulo(local, step) : clock.back(floorDivide(local, step) * step);
    const days = truncateDays(dayOf(local), unit);
    return days === undefined ? null : clock.back(microsOfDay(days));
  };
}

/** Functions that move dates and moments, or measure between them. */
export const datetimeShifts: readonly ScalarFunction[] = [
  dayShift("date_add", "The date some days later.", ["dateadd"], 1),
  dayShift("date_sub", "The date some days earlier.", [], -1),
  datetime(
    "add_months",
    "The date some months away; the day is cut to the length of its month.",
    [anyDate, { ...ofKind("INT", "integer", "short", "byte", "year-month-interval"), casts: [integerType] }],
    dateType,
    (site) => (days, months) => checkedDays(addMonths(asNumber(days), asNumber(months)), site, "add months to a date"),
  ),
  datetime(
    "datediff",
    "Days from the second date to the first.",
    [anyDate, anyDate],
    integerType,
    () => (end, start) => asNumber(end) - asNumber(start),
    {
      aliases: ["date_diff"],
    },
  ),
  datetime(
    "timestampadd",
    "The moment some units later.",
    [word, exactly(longType), anyTimestamp],
    ([, , type = timestampType]) => type,
    timestampAdd,
  ),
  datetime("timestampdiff", "Whole units from one moment to another.", [word, anyTimestamp, anyTimestamp], longType, timestampDifference, {
    resolve: (args, site) => {
      const types = coerceTo([word, anyTimestamp], args, site);
      const local = types[1]?.kind === "timestamp_ntz" && types[2]?.kind === "timestamp_ntz";
      return { args: local ? types : [types[0] ?? stringType, timestampType, timestampType], dataType: longType };
    },
  }),
  datetime(
    "months_between",
    "Months from the second moment to the first, with fractions of 31 days.",
    [oneOf(timestampType), oneOf(timestampType), exactly(booleanType)],
    doubleType,
    monthsBetween,
    {
      arity: [2, 3],
    },
  ),
  datetime("next_day", "The first date after it that is the named day of the week.", [anyDate, word], dateType, nextDay),
  datetime("last_day", "The last day of the date's month.", [anyDate], dateType, () => (days) => {
    const { year, month } = civilFromDays(asNumber(days));
    return daysFromCivil(year, month, daysInMonth(year, month));
  }),
  datetime(
    "trunc",
    "The first day of the date's year, quarter, month or week.",
    [anyDate, word],
    dateType,
    () => (days, unit) => truncateDays(asNumber(days), asText(unit).toUpperCase()) ?? null,
    {
      resolve: (args, site) => ({ args: coerceTo([anyDate, word], args, site), dataType: dateType, nullable: true }),
    },
  ),
  datetime("date_trunc", "The moment cut to a unit.", [word, anyTimestamp], ([, type = voidType]) => type, dateTruncate, {
    resolve: (args, site) => {
      const types = coerceTo([word, anyTimestamp], args, site);
      return { args: types, dataType: types[1] ?? timestampType, nullable: true };
    },
  }),
];
