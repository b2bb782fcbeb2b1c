import { expressionErrors } from "../errors.ts";
import { civilFromDays, daysFromCivil, type CivilDate } from "./civil-date.ts";
import { dayOf, floorModulo } from "./timestamp-text.ts";
import type { TimeZone } from "./time-zone.ts";

/** One item of a datetime pattern: a letter repeated, or text as it is. `optional` items stand in brackets, one group per number. */
export interface PatternItem {
  readonly letter: string;
  readonly count: number;
  readonly text: string;
  readonly optional: number;
}

/** What formatting needs of a moment. */
export interface PatternMoment {
  readonly localMicros: bigint;
  readonly zone: TimeZone;
  readonly utcSeconds: number;
}

const known = "GyYuMLdQqEaDhHKkmsSnVzOXxZFe";
const countMax: Readonly<Record<string, number>> = {
  G: 4,
  y: 6,
  u: 6,
  M: 4,
  L: 4,
  d: 2,
  Q: 4,
  q: 4,
  E: 4,
  a: 1,
  D: 3,
  h: 2,
  H: 2,
  K: 2,
  k: 2,
  m: 2,
  s: 2,
  S: 9,
  V: 2,
  z: 4,
  O: 4,
  X: 5,
  x: 5,
  Z: 5,
  F: 1,
};

const patternsMax = 512;
const patterns = new Map<string, readonly PatternItem[]>();

function fail(pattern: string, letter: string): never {
  throw expressionErrors.create("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", { c: letter, pattern });
}

/**
 * A pattern of letters as Spark 3 and later read it (a part of `java.time`'s), read once. Quoted text stands for itself, brackets make
 * parts optional.
 * @throws INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER, INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION
 */
export function parsePattern(pattern: string): readonly PatternItem[] {
  const found = patterns.get(pattern);
  if (found !== undefined) return found;
  const items: PatternItem[] = [];
  let group = 0;
  let open = 0;
  for (let at = 0; at < pattern.length;) {
    const letter = pattern[at] ?? "";
    if (letter === "'") {
      const end = quotedEnd(pattern, at);
      const text = end === at + 2 ? "'" : pattern.slice(at + 1, end - 1).replaceAll("''", "'");
      items.push({ letter: "", count: 0, text, optional: open });
      at = end;
    } else if (letter === "[" || letter === "]") {
      if (letter === "]" && open === 0) fail(pattern, letter);
      open = letter === "[" ? ++group : 0;
      at++;
    } else if (/[a-zA-Z]/.test(letter)) {
      let count = 1;
      while (pattern[at + count] === letter) count++;
      if (!known.includes(letter) || letter === "Y" || letter === "e") fail(pattern, letter);
      if (count > (countMax[letter] ?? count)) throw unlikeBefore(pattern);
      items.push({ letter, count, text: "", optional: open });
      at += count;
    } else {
      if ("{}#".includes(letter)) fail(pattern, letter);
      items.push({ letter: "", count: 0, text: letter, optional: open });
      at++;
    }
  }
  if (patterns.size >= patternsMax) patterns.clear();
  patterns.set(pattern, items);
  return items;
}

/** A pattern that Spark 2 understood: it took any number of a letter. */
function unlikeBefore(pattern: string): Error {
  return expressionErrors.create("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", {
    pattern: `'${pattern}'`,
    config: '"spark.sql.legacy.timeParserPolicy"',
    docroot: "https://spark.apache.org/docs/latest",
  });
}

function quotedEnd(pattern: string, start: number): number {
  if (pattern[start + 1] === "'") return start + 2;
  let at = start + 1;
  for (; at < pattern.length; at++) {
    if (pattern[at] !== "'") continue;
    if (pattern[at + 1] === "'") at++;
    else return at + 1;
  }
  return fail(pattern, "'");
}

/** Names of months. */
export const monthNames: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
/** Names of days of the week, from Monday. */
export const dayNames: readonly string[] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const pad = (value: number, width: number): string => (value < 0 ? "-" : "") + String(Math.abs(value)).padStart(width, "0");

interface Clock extends CivilDate {
  readonly days: number;
  readonly second: number;
  readonly micros: bigint;
}

/** A moment under a pattern. */
export function formatPattern(items: readonly PatternItem[], moment: PatternMoment): string {
  const days = dayOf(moment.localMicros);
  const micros = floorModulo(moment.localMicros, 86_400_000_000n);
  const clock = { ...civilFromDays(days), days, second: Number(micros / 1_000_000n), micros: micros % 1_000_000n };
  let out = "";
  for (const item of items) out += item.letter === "" ? item.text : (dateLetter(item, clock) ?? clockLetter(item, clock, moment));
  return out;
}

function yearText(year: number, count: number): string {
  if (count === 2) return pad(((year % 100) + 100) % 100, 2);
  const sign = year < 0 ? "-" : count >= 4 && year > 9999 && count < 5 ? "+" : "";
  return sign + String(Math.abs(year)).padStart(count, "0");
}

function dateLetter({ letter, count }: PatternItem, clock: Clock): string | undefined {
  const quarter = Math.ceil(clock.month / 3);
  const weekday = (((clock.days + 3) % 7) + 7) % 7;
  switch (letter) {
    case "G":
      return count === 4 ? (clock.year > 0 ? "Anno Domini" : "Before Christ") : clock.year > 0 ? "AD" : "BC";
    case "y":
      return yearText(clock.year > 0 ? clock.year : 1 - clock.year, count);
    case "u":
      return yearText(clock.year, count);
    case "M":
    case "L": {
      const name = monthNames[clock.month - 1] ?? "";
      return count < 3 ? pad(clock.month, count) : count === 3 ? name.slice(0, 3) : name;
    }
    case "d":
      return pad(clock.day, count);
    case "D":
      return pad(clock.days - daysFromCivil(clock.year, 1, 1) + 1, count);
    case "Q":
    case "q":
      return count < 3 ? pad(quarter, count) : count === 3 ? `Q${quarter}` : (["1st", "2nd", "3rd", "4th"][quarter - 1] ?? "") + " quarter";
    case "E":
      return count < 4 ? (dayNames[weekday] ?? "").slice(0, 3) : (dayNames[weekday] ?? "");
    case "F":
      return String(Math.floor((clock.day - 1) / 7) + 1);
    default:
      return undefined;
  }
}

function clockLetter({ letter, count }: PatternItem, clock: Clock, moment: PatternMoment): string {
  const hour = Math.floor(clock.second / 3600);
  switch (letter) {
    case "a":
      return hour < 12 ? "AM" : "PM";
    case "H":
      return pad(hour, count);
    case "h":
      return pad(hour % 12 === 0 ? 12 : hour % 12, count);
    case "k":
      return pad(hour === 0 ? 24 : hour, count);
    case "K":
      return pad(hour % 12, count);
    case "m":
      return pad(Math.floor(clock.second / 60) % 60, count);
    case "s":
      return pad(clock.second % 60, count);
    case "S":
      return clock.micros.toString().padStart(6, "0").padEnd(9, "0").slice(0, count);
    case "n":
      return pad(Number(clock.micros) * 1000, count);
    default:
      return zoneText(letter, count, moment);
  }
}

function zoneText(letter: string, count: number, { zone, utcSeconds }: PatternMoment): string {
  const offset = zone.offsetAt(utcSeconds);
  const [sign, size] = [offset < 0 ? "-" : "+", Math.abs(offset)];
  const [h, m, s] = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = (separator: string): string => (s === 0 ? "" : separator + two(s));
  switch (letter) {
    case "V":
      return zone.id;
    case "z":
      return zoneName(zone.id, utcSeconds, count);
    case "O":
      if (offset === 0) return "GMT";
      if (count === 1) return `GMT${sign}${h}${m === 0 && s === 0 ? "" : `:${two(m)}${seconds(":")}`}`;
      return `GMT${sign}${two(h)}:${two(m)}${seconds(":")}`;
    case "Z":
      if (count === 4) return offset === 0 ? "GMT" : `GMT${sign}${two(h)}:${two(m)}${seconds(":")}`;
      return count < 4 ? sign + two(h) + two(m) : offset === 0 ? "Z" : `${sign}${two(h)}:${two(m)}${seconds(":")}`;
    default:
      if (letter === "X" && offset === 0) return "Z";
      if (count === 1) return sign + two(h) + (m === 0 ? "" : two(m));
      if (count === 2 || count === 4) return sign + two(h) + two(m) + (count === 4 ? seconds("") : "");
      return `${sign}${two(h)}:${two(m)}${count === 5 ? seconds(":") : ""}`;
  }
}

function zoneName(id: string, utcSeconds: number, count: number): string {
  if (id === "UTC" || id === "Z" || /^[+-]/.test(id)) return id === "UTC" && count === 4 ? "Coordinated Universal Time" : id;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: id, timeZoneName: count === 4 ? "long" : "short" });
    return format.formatToParts(utcSeconds * 1000).find((part) => part.type === "timeZoneName")?.value ?? id;
  } catch {
    return id;
  }
}
