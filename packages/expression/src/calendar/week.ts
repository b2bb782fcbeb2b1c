import { civilFromDays, daysFromCivil } from "./civil-date.ts";

/** Monday is 0. 1970-01-01 was a Thursday. */
export function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

/** From 1. */
export function dayOfYear(days: number): number {
  return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1;
}

function thursdayOf(days: number): number {
  return days - weekday(days) + 3;
}

/** ISO 8601: the week that has the year's first Thursday is 1. */
export function weekOfYear(days: number): number {
  return Math.floor((dayOfYear(thursdayOf(days)) - 1) / 7) + 1;
}

/** The year that the week of a day belongs to by ISO 8601. */
export function weekYear(days: number): number {
  return civilFromDays(thursdayOf(days)).year;
}

const dayPrefixes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const dayForms: ReadonlyMap<string, number> = new Map(
  ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"].flatMap((name, index) =>
    [name, name.slice(0, 3), dayPrefixes[index] ?? name].map((form) => [form, index] as const),
  ),
);

/** The day of the week that a name means, Monday 0: whole, or its first three or two letters. */
export function weekdayOfName(name: string): number | undefined {
  return dayForms.get(name.trim().toUpperCase());
}
