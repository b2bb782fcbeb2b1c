import {
  asBigint,
  asNumber,
  asText,
  CalendarInterval,
  type DataType,
  decimalType,
  integerType,
  longType,
  byteType,
  sqlType,
  type SQLValue,
  stringType,
  timestampType,
  voidType,
} from "@vonk/columnar/internal";
import { civilFromDays } from "../../calendar/civil-date.ts";
import { dayNames, monthNames } from "../../calendar/datetime-pattern.ts";
import { timeZoneOf, toLocalMicros } from "../../calendar/time-zone.ts";
import { dayOf, floorModulo } from "../../calendar/timestamp-text.ts";
import { dayOfYear, weekday, weekOfYear, weekYear } from "../../calendar/week.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { callText } from "../../function/signature.ts";
import { microsPerHour, microsPerMinute } from "../../interval/interval-text.ts";
import { anyDate } from "./parameter.ts";

const datetime = family("datetime");

/** A field of a date as INT. */
function dateField(name: string, doc: string, field: (days: number) => number, aliases: readonly string[] = []): ScalarFunction {
  return datetime(name, doc, [anyDate], integerType, () => (days) => field(asNumber(days)), { aliases });
}

/** The time of day of a value in microseconds, by its type. */
export function timeOfDay(type: DataType, site: CallSite): (value: SQLValue) => bigint {
  if (type.kind === "time") return (value) => asBigint(value) / 1000n;
  if (type.kind === "timestamp_ntz") return (value) => floorModulo(asBigint(value), 86_400_000_000n);
  const zone = timeZoneOf(site.session.timeZone);
  return (value) => floorModulo(toLocalMicros(asBigint(value), zone), 86_400_000_000n);
}

/** Hours, minutes and seconds of moments and times of day. */
function clockField(name: string, doc: string, field: (micros: bigint) => bigint): ScalarFunction {
  const evaluator = (site: CallSite): Evaluator => {
    const time = timeOfDay(site.args[0]?.dataType ?? timestampType, site);
    return (value) => Number(field(time(value ?? null)));
  };
  const parameter = {
    accepts: (type: DataType) => type.kind === "timestamp" || type.kind === "timestamp_ntz" || type.kind === "time",
    casts: [timestampType],
    name: '"TIMESTAMP"',
  };
  return datetime(name, doc, [parameter], integerType, evaluator);
}

type FieldOf = (value: SQLValue) => SQLValue;

const fieldNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    year: "Y YEARS YR YRS",
    yearofweek: "",
    quarter: "QTR",
    month: "MON MONS MONTHS",
    week: "W WEEKS",
    day: "D DAYS",
    dayofweek: "DOW",
    dayofweek_iso: "DOW_ISO",
    doy: "",
    hour: "H HOURS HR HRS",
    minute: "M MIN MINS MINUTES",
    second: "S SEC SECONDS SECS",
  }).flatMap(([name, more]) => [[name, name], ...more.split(" ").map((form) => [form.toLowerCase(), name])]),
);

const dayFields: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => civilFromDays(days).year,
  yearofweek: weekYear,
  quarter: (days) => Math.ceil(civilFromDays(days).month / 3),
  month: (days) => civilFromDays(days).month,
  week: weekOfYear,
  day: (days) => civilFromDays(days).day,
  dayofweek: (days) => ((weekday(days) + 1) % 7) + 1,
  dayofweek_iso: (days) => weekday(days) + 1,
  doy: dayOfYear,
};

const secondType = decimalType(8, 6);

function intervalFieldType(type: DataType, field: string): DataType | undefined {
  if (type.kind === "year-month-interval") return field === "year" ? integerType : field === "month" ? byteType : undefined;
  const days = type.kind === "interval" ? integerType : integerType;
  if (type.kind === "interval" && (field === "year" || field === "month" || field === "quarter"))
    return field === "year" ? integerType : byteType;
  if (field === "day") return days;
  if (field === "hour") return type.kind === "interval" ? longType : byteType;
  return field === "minute" ? byteType : field === "second" ? secondType : undefined;
}

function intervalField(type: DataType, field: string): FieldOf {
  const parts = (value: SQLValue): [bigint, bigint, bigint] => {
    if (value instanceof CalendarInterval) return [BigInt(value.months), BigInt(value.days), value.microseconds];
    if (type.kind === "year-month-interval") return [BigInt(asNumber(value)), 0n, 0n];
    return [0n, asBigint(value) / 86_400_000_000n, asBigint(value) % 86_400_000_000n];
  };
  return (value) => {
    const [months, days, micros] = parts(value);
    if (field === "year") return Number(months / 12n);
    if (field === "month") return Number(months % 12n);
    if (field === "quarter") return Number((months % 12n) / 3n) + 1;
    if (field === "day") return Number(days);
    if (field === "hour") return type.kind === "interval" ? micros / microsPerHour : Number(micros / microsPerHour);
    return field === "minute" ? Number((micros / microsPerMinute) % 60n) : micros % microsPerMinute;
  };
}

function isInterval(type: DataType): boolean {
  return type.kind === "interval" || type.kind === "year-month-interval" || type.kind === "day-time-interval";
}

/** The field's name is a constant; the type follows from it. @throws INVALID_EXTRACT_FIELD, DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function resolveExtract(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [unit, source] = args;
  const type = source?.dataType ?? voidType;
  if (unit?.constant === undefined) {
    throw expressionErrors.create("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", {
      sqlExpr: callText(site.name, args),
      inputName: "`field`",
      inputType: '"STRING"',
      inputExpr: `"${unit?.sql ?? ""}"`,
    });
  }
  if (unit.constant.value === null)
    return { args: [stringType, type], dataType: type.kind === "void" ? voidType : integerType, nullable: true };
  const field = fieldNames[asText(unit.constant.value).toLowerCase()];
  const result = field === undefined ? undefined : isInterval(type) ? intervalFieldType(type, field) : fieldType(type, field);
  if (result === undefined) {
    throw expressionErrors.create("INVALID_EXTRACT_FIELD", {
      field: `\`${asText(unit.constant.value)}\``,
      expr: `"${source?.sql ?? ""}" of ${sqlType(type)}`,
    });
  }
  const clock = field === "hour" || field === "minute" || field === "second";
  const target = isInterval(type) || type.kind === "timestamp" || type.kind === "timestamp_ntz" || type.kind === "time" ? type : undefined;
  return { args: [stringType, target ?? (clock ? timestampType : type.kind === "date" ? type : timestampType)], dataType: result };
}

function fieldType(type: DataType, field: string): DataType | undefined {
  if (type.kind === "time" && !["hour", "minute", "second"].includes(field)) return undefined;
  return field === "second" ? secondType : integerType;
}

function extractEvaluator(site: CallSite): Evaluator {
  const type = site.args[1]?.dataType ?? timestampType;
  const field = fieldNames[asText(site.args[0]?.constant?.value ?? "").toLowerCase()] ?? "";
  const read = isInterval(type) ? intervalField(type, field) : momentField(type, field, site);
  return (_field, value = null) => read(value);
}

function momentField(type: DataType, field: string, site: CallSite): FieldOf {
  const ofDay = dayFields[field];
  if (ofDay !== undefined) {
    if (type.kind === "date") return (value) => ofDay(asNumber(value));
    if (type.kind === "timestamp_ntz") return (value) => ofDay(dayOf(asBigint(value)));
    const zone = timeZoneOf(site.session.timeZone);
    return (value) => ofDay(dayOf(toLocalMicros(asBigint(value), zone)));
  }
  const time = timeOfDay(type, site);
  if (field === "second") return (value) => time(value) % microsPerMinute;
  return field === "hour" ? (value) => Number(time(value) / microsPerHour) : (value) => Number((time(value) / microsPerMinute) % 60n);
}

const extract: ScalarFunction = {
  ...datetime("extract", "A field of a date, a moment, a time or an interval.", [], integerType, extractEvaluator),
  arity: [2, 2],
  resolve: resolveExtract,
  sql: ([field = "", source = ""]) => `extract(${field} FROM ${source})`,
};

/** Fields of dates, moments and intervals. */
export const datetimeFields: readonly ScalarFunction[] = [
  dateField("year", "The year.", (days) => civilFromDays(days).year),
  dateField("quarter", "The quarter, 1 to 4.", (days) => Math.ceil(civilFromDays(days).month / 3)),
  dateField("month", "The month, 1 to 12.", (days) => civilFromDays(days).month),
  dateField("dayofmonth", "The day of the month, from 1.", (days) => civilFromDays(days).day, ["day"]),
  dateField("dayofyear", "The day of the year, from 1.", dayOfYear),
  dateField("dayofweek", "The day of the week; Sunday is 1.", (days) => ((weekday(days) + 1) % 7) + 1),
  dateField("weekday", "The day of the week; Monday is 0.", weekday),
  dateField("weekofyear", "The week of the year by ISO 8601.", weekOfYear),
  clockField("hour", "The hour, 0 to 23.", (micros) => micros / microsPerHour),
  clockField("minute", "The minute, 0 to 59.", (micros) => (micros / microsPerMinute) % 60n),
  clockField("second", "The second, 0 to 59.", (micros) => (micros / 1_000_000n) % 60n),
  datetime(
    "dayname",
    "The day of the week in three letters.",
    [anyDate],
    stringType,
    () => (days) => dayNames[weekday(asNumber(days))]?.slice(0, 3) ?? null,
  ),
  datetime(
    "monthname",
    "The month in three letters.",
    [anyDate],
    stringType,
    () => (days) => monthNames[civilFromDays(asNumber(days)).month - 1]?.slice(0, 3) ?? null,
  ),
  extract,
  { ...extract, name: "date_part", aliases: ["datepart"], sql: (args, name) => `${name}(${args.join(", ")})` },
];
