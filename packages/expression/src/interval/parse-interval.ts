import { CalendarInterval, dayTimeFields, type DayTimeIntervalType, type YearMonthIntervalType } from "@vonk/columnar/internal";
import { microsPerDay, microsPerSecond } from "../calendar/civil-date.ts";
import { trimAll } from "../calendar/timestamp-text.ts";
import { microsPerHour, microsPerMinute } from "./interval-text.ts";

/** Text of an interval with the keyword and the unit taken off: `INTERVAL -'1-2' YEAR TO MONTH` is -1 and `1-2`. Undefined for another unit. */
function quoted(text: string, unit: string): { readonly negative: boolean; readonly body: string } | undefined {
  const trimmed = trimAll(text);
  const match = /^INTERVAL\s+([+-]?)\s*'([^']*)'\s+([A-Z\s]+)$/i.exec(trimmed);
  if (match === null) return { negative: false, body: trimmed };
  if (match[3]?.trim().replaceAll(/\s+/g, " ").toUpperCase() !== unit) return undefined;
  return { negative: match[1] === "-", body: match[2]?.trim() ?? "" };
}

/** Months of `1-2`, `INTERVAL '1-2' YEAR TO MONTH`, or of a number of the type's one unit; undefined for others or beyond INT. */
export function parseYearMonth(text: string, type: YearMonthIntervalType): number | undefined {
  const unit = type.start === type.end ? type.start.toUpperCase() : "YEAR TO MONTH";
  const parts = quoted(text, unit);
  if (parts === undefined) return undefined;
  const pattern = type.start === type.end ? /^([+-]?)(\d+)()$/ : /^([+-]?)(\d+)-(\d{1,2})$/;
  const match = pattern.exec(parts.body);
  if (match === null) return undefined;
  const high = Number(match[2]);
  const low = Number(match[3] ?? 0);
  if (low > 11) return undefined;
  const months = type.end === "year" || type.start !== type.end ? high * 12 + low : high;
  const signed = parts.negative !== (match[1] === "-") ? -months : months;
  return signed === (signed | 0) ? signed : undefined;
}

const microsOf: Readonly<Record<string, bigint>> = {
  day: microsPerDay,
  hour: microsPerHour,
  minute: microsPerMinute,
  second: microsPerSecond,
};
const fieldMax: Readonly<Record<string, bigint>> = { hour: 23n, minute: 59n, second: 59n };

/** Microseconds of `1 02:03:04.5` and the like: the fields from the type's first to its last; undefined for others or beyond BIGINT. */
export function parseDayTime(text: string, type: DayTimeIntervalType): bigint | undefined {
  const unit = type.start === type.end ? type.start.toUpperCase() : `${type.start} to ${type.end}`.toUpperCase();
  const parts = quoted(text, unit);
  if (parts === undefined) return undefined;
  const fields = dayTimeFields.slice(dayTimeFields.indexOf(type.start), dayTimeFields.indexOf(type.end) + 1);
  const pattern = fields
    .map((field, index) => {
      const lead = index === 0 ? "" : fields[index - 1] === "day" ? " " : ":";
      return `${lead}${field === "second" ? "(\\d+(?:\\.\\d{1,9})?)" : "(\\d+)"}`;
    })
    .join("");
  const match = new RegExp(`^([+-]?)${pattern}$`).exec(parts.body);
  if (match === null) return undefined;
  let micros = 0n;
  for (const [index, field] of fields.entries()) {
    const [whole = "0", fraction = ""] = (match[index + 2] ?? "0").split(".");
    const value = BigInt(whole);
    if (index > 0 && value > (fieldMax[field] ?? value)) return undefined;
    micros += value * (microsOf[field] ?? 1n) + (field === "second" ? BigInt(fraction.slice(0, 6).padEnd(6, "0")) : 0n);
  }
  if (parts.negative !== (match[1] === "-")) micros = -micros;
  return BigInt.asIntN(64, micros) === micros ? micros : undefined;
}

const unitMonths: Readonly<Record<string, number>> = { year: 12, month: 1 };
const unitDays: Readonly<Record<string, number>> = { week: 7, day: 1 };
const unitMicros: Readonly<Record<string, bigint>> = {
  hour: microsPerHour,
  minute: microsPerMinute,
  second: microsPerSecond,
  millisecond: 1000n,
  microsecond: 1n,
};

/** A legacy interval of numbers and units, `interval` before them or not: `1 year -2 days 3.5 seconds`; undefined for others. */
export function parseCalendarInterval(text: string): CalendarInterval | undefined {
  const body = trimAll(text)
    .toLowerCase()
    .replace(/^interval\s+/, "");
  const part =
    /\s*([+-]?)\s*(\d*)(\.\d{0,9})?\s+(years?|months?|weeks?|days?|hours?|minutes?|seconds?|milliseconds?|microseconds?)(?=\s|$)/y;
  let [months, days, micros] = [0, 0, 0n];
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (match === null || (match[2] === "" && (match[3] ?? ".") === ".")) return undefined;
    const unit = match[4]?.replace(/s$/, "") ?? "";
    if (match[3] !== undefined && unit !== "second") return undefined;
    const sign = match[1] === "-" ? -1 : 1;
    const value = sign * Number(match[2]);
    if (unit in unitMonths) months += value * (unitMonths[unit] ?? 0);
    else if (unit in unitDays) days += value * (unitDays[unit] ?? 0);
    else {
      const fraction = BigInt((match[3] ?? ".").slice(1, 7).padEnd(6, "0"));
      micros += BigInt(sign) * (BigInt(match[2] === "" ? 0 : (match[2] ?? 0)) * (unitMicros[unit] ?? 0n) + fraction);
    }
    if (part.lastIndex === body.length) break;
  }
  if (body === "" || months !== (months | 0) || days !== (days | 0) || BigInt.asIntN(64, micros) !== micros) return undefined;
  return new CalendarInterval(months, days, micros);
}
