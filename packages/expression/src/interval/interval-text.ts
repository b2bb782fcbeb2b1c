import type { CalendarInterval, DayTimeIntervalType, YearMonthIntervalType } from "@vonk/columnar/internal";
import { microsPerDay, microsPerSecond } from "../calendar/civil-date.ts";
import { fractionText } from "../calendar/timestamp-text.ts";

/** Microseconds of an hour. */
export const microsPerHour = 3_600_000_000n;
/** Microseconds of a minute. */
export const microsPerMinute = 60_000_000n;

/** Spark's two ways of showing an interval: as a literal (`INTERVAL '1-2' YEAR TO MONTH`), or bare as Hive does (`1-2`). */
export type IntervalStyle = "ansi" | "hive";

/** An INTERVAL YEAR TO MONTH, of months. */
export function yearMonthText(months: number, type: YearMonthIntervalType, style: IntervalStyle): string {
  const sign = months < 0 ? "-" : "";
  const [years, rest] = [Math.floor(Math.abs(months) / 12), Math.abs(months) % 12];
  if (style === "hive") return `${sign}${years}-${rest}`;
  if (type.start !== type.end) return `INTERVAL '${sign}${years}-${rest}' YEAR TO MONTH`;
  return type.start === "year" ? `INTERVAL '${sign}${years}' YEAR` : `INTERVAL '${months}' MONTH`;
}

const two = (value: bigint): string => value.toString().padStart(2, "0");

/** An INTERVAL DAY TO SECOND, of microseconds. */
export function dayTimeText(micros: bigint, type: DayTimeIntervalType, style: IntervalStyle): string {
  const sign = micros < 0n ? "-" : "";
  const rest = micros < 0n ? -micros : micros;
  const days = rest / microsPerDay;
  const hours = (rest / microsPerHour) % 24n;
  const minutes = (rest / microsPerMinute) % 60n;
  const seconds = (rest / microsPerSecond) % 60n;
  const fraction = rest % microsPerSecond;
  if (style === "hive") return `${sign}${days} ${two(hours)}:${two(minutes)}:${two(seconds)}.${fraction.toString().padStart(6, "0")}000`;
  const second = fractionText(fraction, 6);
  const parts = { day: `${days}`, hour: two(hours), minute: two(minutes), second: two(seconds) + second };
  const whole = {
    day: `${days}`,
    hour: two(rest / microsPerHour),
    minute: two(rest / microsPerMinute),
    second: two(rest / microsPerSecond) + second,
  };
  const order = ["day", "hour", "minute", "second"] as const;
  const fields = order.slice(order.indexOf(type.start), order.indexOf(type.end) + 1);
  const [first = "day", ...others] = fields;
  const tail = others.map((field, index) => `${first === "day" && index === 0 ? " " : ":"}${parts[field]}`).join("");
  const unit = type.start === type.end ? type.start : `${type.start} to ${type.end}`;
  return `INTERVAL '${sign}${whole[first]}${tail}' ${unit.toUpperCase()}`;
}

/** A legacy interval: `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, with parts that are zero left out. */
export function calendarIntervalText(interval: CalendarInterval): string {
  const parts: string[] = [];
  const add = (value: number | bigint, unit: string): void => {
    if (Number(value) !== 0) parts.push(`${value} ${unit}`);
  };
  add(Math.trunc(interval.months / 12), "years");
  add(interval.months % 12, "months");
  add(interval.days, "days");
  let rest = interval.microseconds;
  add(rest / microsPerHour, "hours");
  rest %= microsPerHour;
  add(rest / microsPerMinute, "minutes");
  rest %= microsPerMinute;
  if (rest !== 0n) {
    const magnitude = rest < 0n ? -rest : rest;
    parts.push(`${rest < 0n ? "-" : ""}${magnitude / microsPerSecond}${fractionText(magnitude % microsPerSecond, 6)} seconds`);
  }
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}
