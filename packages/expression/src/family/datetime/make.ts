import {
  asBigint,
  asNumber,
  asText,
  CalendarInterval,
  calendarIntervalType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  longType,
  timestampNTZType,
  timestampType,
  timeType,
  yearMonthIntervalType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { daysFromCivil, daysInMonth } from "../../calendar/civil-date.ts";
import { timeZoneOf, toUTCMicros } from "../../calendar/time-zone.ts";
import { floorDivide, microsOfDay } from "../../calendar/timestamp-text.ts";
import { decimalText } from "../../decimal/decimal-value.ts";
import { expressionErrors } from "../../errors.ts";
import { family, tolerant } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { coerceTo, exactly, oneOf } from "../../function/signature.ts";
import { int, word } from "./parameter.ts";

const datetime = family("datetime");
const seconds = exactly(decimalType(16, 6));

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** What is wrong with the parts of a date, as Java says it; undefined when nothing is. */
function dateProblem(year: number, month: number, day: number): string | undefined {
  if (year < -999_999_999 || year > 999_999_999) return `Invalid value for Year (valid values -999999999 - 999999999): ${year}`;
  if (month < 1 || month > 12) return `Invalid value for MonthOfYear (valid values 1 - 12): ${month}`;
  if (day < 1 || day > 31) return `Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`;
  if (day <= daysInMonth(year, month)) return undefined;
  return day === 29
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${months[month - 1]?.toUpperCase()} ${day}'`;
}

function timeProblem(hour: number, minute: number, micros: bigint): string | undefined {
  if (hour < 0 || hour > 23) return `Invalid value for HourOfDay (valid values 0 - 23): ${hour}`;
  if (minute < 0 || minute > 59) return `Invalid value for MinuteOfHour (valid values 0 - 59): ${minute}`;
  const second = floorDivide(micros, 1_000_000n);
  return second < 0n || second > 59n ? `Invalid value for SecondOfMinute (valid values 0 - 59): ${second}` : undefined;
}

/** @throws DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION, DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION */
function outOfBounds(rangeMessage: string, site: CallSite, suggestedFunc?: string): null {
  if (site.mode !== "ansi") return null;
  if (suggestedFunc !== undefined)
    throw expressionErrors.create("DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", { rangeMessage, suggestedFunc: `\`${suggestedFunc}\`` });
  throw expressionErrors.create("DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", { rangeMessage });
}

function makeDate(site: CallSite): Evaluator {
  return (year, month, day) => {
    const [y, m, d] = [asNumber(year), asNumber(month), asNumber(day)];
    const problem = dateProblem(y, m, d);
    return problem === undefined ? daysFromCivil(y, m, d) : outOfBounds(problem, site);
  };
}

/** Seconds may be 60 when their fraction is 0: the next minute. */
function makeTimestamp(site: CallSite): Evaluator {
  const session = timeZoneOf(site.session.timeZone);
  const zoned = site.dataType.kind === "timestamp";
  const local = site.args.length <= 3 ? fromDateAndTime : fromParts(site);
  return (...args) => {
    const micros = local(args);
    if (micros === null || !zoned) return micros;
    const zone = site.args.length === 7 ? args[6] : site.args.length === 3 ? args[2] : undefined;
    return toUTCMicros(micros, zone === undefined ? session : timeZoneOf(asText(zone)));
  };
}

function fromDateAndTime(args: readonly SQLValue[]): bigint {
  return microsOfDay(asNumber(args[0])) + (args[1] === undefined ? 0n : asBigint(args[1]) / 1000n);
}

function fromParts(site: CallSite): (args: readonly SQLValue[]) => bigint | null {
  return ([year, month, day, hour, minute, second]) => {
    const [y, m, d, h, min, micros] = [asNumber(year), asNumber(month), asNumber(day), asNumber(hour), asNumber(minute), asBigint(second)];
    const carried = micros === 60_000_000n;
    if (!carried && micros >= 60_000_000n && micros < 61_000_000n) {
      if (site.mode !== "ansi") return null;
      throw expressionErrors.create("INVALID_FRACTION_OF_SECOND", {
        secAndMicros: decimalText(micros, 6).replace(/\.?0+$/, ""),
      });
    }
    const problem = dateProblem(y, m, d) ?? timeProblem(h, min, carried ? 0n : micros);
    if (problem !== undefined) return outOfBounds(problem, site, problem.includes("SecondOfMinute") ? undefined : `try_${site.name}`);
    return microsOfDay(daysFromCivil(y, m, d)) + BigInt(h * 60 + min) * 60_000_000n + micros;
  };
}

const timestampParts = [int, int, int, int, int, seconds, word];

function timestampMaker(name: string, doc: string, type: DataType): ScalarFunction {
  const zoned = type.kind === "timestamp";
  return datetime(name, doc, timestampParts, type, makeTimestamp, {
    arity: [1, zoned ? 7 : 6],
    resolve: (args, site) => ({
      args: coerceTo(args.length <= 3 ? [exactly(dateType), oneOf(timeType(6)), word] : timestampParts, args, site),
      dataType: type,
      ...(site.ansi ? {} : { nullable: true }),
    }),
  });
}

function intervalOverflow(site: CallSite, functionName?: string): null {
  if (site.mode !== "ansi") return null;
  if (functionName !== undefined)
    throw expressionErrors.create("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", { functionName: `\`${functionName}\`` });
  throw expressionErrors.create("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", {});
}

const fits = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value;
const partOf = (value: SQLValue | undefined): bigint =>
  value === undefined || value === null ? 0n : typeof value === "bigint" ? value : BigInt(asNumber(value));

function makeInterval(site: CallSite): Evaluator {
  return (year, month, week, day, hour, minute, second) => {
    const total = partOf(year) * 12n + partOf(month);
    const days = partOf(week) * 7n + partOf(day);
    const micros = partOf(hour) * 3_600_000_000n + partOf(minute) * 60_000_000n + partOf(second);
    if (!fits(total, 32) || !fits(days, 32) || !fits(micros, 64)) return intervalOverflow(site, "try_make_interval");
    return new CalendarInterval(Number(total), Number(days), micros);
  };
}

const intervalMaker = datetime(
  "make_interval",
  "A legacy interval of years, months, weeks, days, hours, minutes and seconds.",
  [int, int, int, int, int, int, exactly(decimalType(18, 6))],
  calendarIntervalType,
  makeInterval,
  {
    arity: [0, 7],
    sql: (args) => `make_interval(${[...args, ...["0", "0", "0", "0", "0", "0", "0.000000"].slice(args.length)].join(", ")})`,
  },
);

function timeUnit(name: string, doc: string, nanos: bigint, from: boolean): ScalarFunction {
  if (from) {
    return datetime(name, doc, [exactly(nanos === 1_000_000_000n ? decimalType(14, 6) : longType)], timeType(6), (site) => (count) => {
      const value = nanos === 1_000_000_000n ? asBigint(count) * 1000n : asBigint(count) * nanos;
      if (value >= 0n && value < 86_400_000_000_000n) return value;
      return outOfBounds(`Invalid value for NanoOfDay (valid values 0 - 86399999999999): ${value}`, site);
    });
  }
  const type = nanos === 1_000_000_000n ? decimalType(14, 6) : longType;
  return datetime(
    name,
    doc,
    [oneOf(timeType(6))],
    type,
    () => (time) => (nanos === 1_000_000_000n ? asBigint(time) / 1000n : asBigint(time) / nanos),
  );
}

const timestamps = [
  timestampMaker("make_timestamp", "A TIMESTAMP of its parts, in the session's zone or another.", timestampType),
  timestampMaker("make_timestamp_ltz", "A TIMESTAMP of its parts.", timestampType),
  timestampMaker("make_timestamp_ntz", "A TIMESTAMP_NTZ of its parts.", timestampNTZType),
];

/** Functions that make dates, moments, times and intervals of their parts. */
export const datetimeMakers: readonly ScalarFunction[] = [
  datetime("make_date", "A DATE of year, month and day.", [int, int, int], dateType, makeDate),
  ...timestamps,
  ...timestamps.map((maker) => tolerant(maker, `try_${maker.name}`, "The same, null for parts out of range.")),
  datetime("make_time", "A TIME of hour, minute and second.", [int, int, seconds], timeType(6), (site) => (hour, minute, second) => {
    const problem = timeProblem(asNumber(hour), asNumber(minute), asBigint(second));
    if (problem !== undefined) return outOfBounds(problem, { ...site, mode: "ansi" });
    return (BigInt(asNumber(hour) * 60 + asNumber(minute)) * 60_000_000n + asBigint(second)) * 1000n;
  }),
  intervalMaker,
  tolerant(intervalMaker, "try_make_interval", "As make_interval, null when it is out of range."),
  datetime(
    "make_ym_interval",
    "INTERVAL YEAR TO MONTH of years and months.",
    [int, int],
    yearMonthIntervalType(),
    (site) => (year, month) => {
      const total = partOf(year) * 12n + partOf(month);
      return fits(total, 32) ? Number(total) : intervalOverflow(site);
    },
    { arity: [0, 2], sql: (args) => `make_ym_interval(${[...args, ...["0", "0"].slice(args.length)].join(", ")})` },
  ),
  datetime(
    "make_dt_interval",
    "INTERVAL DAY TO SECOND of days, hours, minutes and seconds.",
    [int, int, int, exactly(decimalType(18, 6))],
    dayTimeIntervalType(),
    (site) => (day, hour, minute, second) => {
      const micros = partOf(day) * 86_400_000_000n + partOf(hour) * 3_600_000_000n + partOf(minute) * 60_000_000n + partOf(second);
      return fits(micros, 64) ? micros : intervalOverflow(site);
    },
    { arity: [0, 4], sql: (args) => `make_dt_interval(${[...args, ...["0", "0", "0", "0.000000"].slice(args.length)].join(", ")})` },
  ),
  timeUnit("time_from_seconds", "The time of day that many seconds after midnight.", 1_000_000_000n, true),
  timeUnit("time_from_millis", "The time of day that many milliseconds after midnight.", 1_000_000n, true),
  timeUnit("time_from_micros", "The time of day that many microseconds after midnight.", 1000n, true),
  timeUnit("time_to_seconds", "Seconds since midnight.", 1_000_000_000n, false),
  timeUnit("time_to_millis", "Milliseconds since midnight.", 1_000_000n, false),
  timeUnit("time_to_micros", "Microseconds since midnight.", 1000n, false),
];
