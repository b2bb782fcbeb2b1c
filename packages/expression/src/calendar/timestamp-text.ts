import { civilFromDays, dateText, daysFromCivil, daysInMonth, microsPerDay, microsPerSecond } from "./civil-date.ts";
import { findTimeZone, toUTCMicros, type TimeZone } from "./time-zone.ts";

/** Nanoseconds of 24 hours; TIME counts them from midnight. */
export const nanosPerDay = 86_400_000_000_000n;

/** a / b towards negative infinity. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** What is left of {@link floorDivide}; never negative for positive `b`. */
export function floorModulo(a: bigint, b: bigint): bigint {
  return a - floorDivide(a, b) * b;
}

/** The day of a local moment. */
export function dayOf(localMicros: bigint): number {
  return Number(floorDivide(localMicros, microsPerDay));
}

/** Midnight of a day, on a clock without zone. */
export function microsOfDay(days: number): bigint {
  return BigInt(days) * microsPerDay;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** `.123`: digits behind the second without zeros at the end, or nothing. */
export function fractionText(fraction: bigint, digits: number): string {
  return fraction === 0n ? "" : `.${fraction.toString().padStart(digits, "0").replace(/0+$/, "")}`;
}

/** `2020-01-31 23:59:59.5`, of a clock without zone. */
export function timestampText(localMicros: bigint): string {
  const rest = floorModulo(localMicros, microsPerDay);
  return `${dateText(dayOf(localMicros))} ${timeText(rest * 1000n)}`;
}

/** `23:59:59.5`, of nanoseconds since midnight. */
export function timeText(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n);
  const fraction = fractionText(nanos % 1_000_000_000n, 9);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

/** A moment as text gives it: on the clock of its zone, when it names one. */
export interface ParsedTimestamp {
  readonly localMicros: bigint;
  readonly zone: TimeZone | undefined;
  /** True when there was no date. */
  readonly timeOnly: boolean;
}

const timestampPattern =
  /^([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:(\.)(\d*))?(.*))?)?)?)?)?)?$/s;
const clockPattern = /^T?(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:(\.)(\d*))?(.*))?)?$/s;

/** Spark's forms of a timestamp in text; undefined for others. A zone may follow the seconds, by name or offset. */
export function parseTimestamp(text: string): ParsedTimestamp | undefined {
  const trimmed = trimAll(text);
  const match = timestampPattern.exec(trimmed);
  if (match !== null) {
    const year = Number(match[2]) * (match[1] === "-" ? -1 : 1);
    const month = Number(match[3] ?? 1);
    const day = Number(match[4] ?? 1);
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
    const clock = clockOf(match.slice(5));
    return clock === undefined ? undefined : { ...clock, localMicros: microsOfDay(daysFromCivil(year, month, day)) + clock.localMicros };
  }
  if (!/^(?:T|\d{1,2}:)/.test(trimmed)) return undefined;
  const time = clockPattern.exec(trimmed);
  const clock = time === null ? undefined : clockOf(time.slice(1));
  return clock === undefined ? undefined : { ...clock, timeOnly: true };
}

/** Hours, minutes, seconds, a point, the fraction's digits, a zone. */
function clockOf(parts: readonly (string | undefined)[]): ParsedTimestamp | undefined {
  const [hour = "0", minute = "0", second = "0", , fraction = "", zoneText = ""] = parts;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  const zone = zoneText === "" ? undefined : findTimeZone(zoneText.trim());
  if (zoneText !== "" && zone === undefined) return undefined;
  const micros = BigInt(h * 3600 + m * 60 + s) * microsPerSecond + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  return { localMicros: micros, zone, timeOnly: false };
}

/** Without blanks and control characters at both ends. */
export function trimAll(text: string): string {
  return text.replace(/^[\u0000-\u0020\u007f]+|[\u0000-\u0020\u007f]+$/g, "");
}

/** A TIMESTAMP from text: in its own zone or the session's; a time alone is of today there. */
export function parseZonedTimestamp(text: string, session: TimeZone, todayDays: () => number): bigint | undefined {
  const parsed = parseTimestamp(text);
  if (parsed === undefined) return undefined;
  const local = parsed.timeOnly ? microsOfDay(todayDays()) + parsed.localMicros : parsed.localMicros;
  return toUTCMicros(local, parsed.zone ?? session);
}

/** A TIMESTAMP_NTZ from text; a zone in it is read and left out, a time alone is none. */
export function parseLocalTimestamp(text: string): bigint | undefined {
  const parsed = parseTimestamp(text);
  return parsed === undefined || parsed.timeOnly ? undefined : parsed.localMicros;
}

/** Nanoseconds since midnight from `12:34`, `12:34:56.789`, with `AM` or `PM` behind; undefined for others. */
export function parseTime(text: string): bigint | undefined {
  const match = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?(?:\s*([AaPp][Mm]))?$/.exec(trimAll(text).replace(/^T/, ""));
  if (match === null) return undefined;
  let hour = Number(match[1]);
  const [minute, second] = [Number(match[2]), Number(match[3] ?? 0)];
  const half = match[5]?.toLowerCase();
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === "pm" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000_000n + BigInt((match[4] ?? "").padEnd(9, "0"));
}

/** Cut to the digits behind the second that TIME(precision) has. */
export function truncateTime(nanos: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(9 - precision);
  return (nanos / unit) * unit;
}

/** Some months later on the same clock; the day is cut to the length of its month. */
export function monthsLater(localMicros: bigint, months: number): bigint {
  if (months === 0) return localMicros;
  const days = dayOf(localMicros);
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  const later = daysFromCivil(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
  return localMicros + microsOfDay(later - days);
}
