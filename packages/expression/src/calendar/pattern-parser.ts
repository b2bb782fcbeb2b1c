import { civilFromDays, daysFromCivil, daysInMonth } from "./civil-date.ts";
import { dayNames, monthNames, type PatternItem } from "./datetime-pattern.ts";
import type { ParsedTimestamp } from "./timestamp-text.ts";
import { microsOfDay } from "./timestamp-text.ts";
import { findTimeZone, type TimeZone } from "./time-zone.ts";

/** Fields as they are read; which of them matter is decided at the end. */
interface Fields {
  era?: number;
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  quarter?: number;
  weekday?: number;
  half?: number;
  hour24?: number;
  hour12?: number;
  minute?: number;
  second?: number;
  micros?: number;
  zone?: TimeZone;
}

/** What a text says under a pattern, which must match whole; undefined when it does not, or says what no calendar has. */
export function parseWithPattern(items: readonly PatternItem[], text: string): ParsedTimestamp | undefined {
  const fields: Fields = {};
  const end = readItems(items, 0, text, 0, fields);
  return end === text.length ? resolveFields(fields, items) : undefined;
}

/** Reads items from `index` on; a group in brackets may be absent as a whole. */
function readItems(items: readonly PatternItem[], index: number, text: string, start: number, fields: Fields): number | undefined {
  let at = start;
  for (let i = index; i < items.length; i++) {
    const item = items[i];
    if (item === undefined) return undefined;
    if (item.optional > 0 && items[i - 1]?.optional !== item.optional) {
      let end = i;
      while (items[end]?.optional === item.optional) end++;
      const tried: Fields = { ...fields };
      const group = items.slice(i, end).map((one) => ({ ...one, optional: 0 }));
      const after = readItems(group, 0, text, at, tried);
      if (after !== undefined) {
        Object.assign(fields, tried);
        at = after;
      }
      i = end - 1;
      continue;
    }
    const next = readItem(item, isAdjacent(items, i), text, at, fields);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

/** True when digits follow without a separator: then the item has exactly its count of them. */
function isAdjacent(items: readonly PatternItem[], index: number): boolean {
  const next = items[index + 1];
  return next !== undefined && next.letter !== "" && /[yuMdDHhKkmsSQ]/.test(next.letter) && next.count < 3 + Number(next.letter !== "M");
}

const digitsMost: Readonly<Record<string, number>> = { d: 2, D: 3, H: 2, h: 2, K: 2, k: 2, m: 2, s: 2, M: 2, L: 2, Q: 1, q: 1, F: 1 };

function readItem(item: PatternItem, adjacent: boolean, text: string, at: number, fields: Fields): number | undefined {
  const { letter, count } = item;
  if (letter === "") return text.startsWith(item.text, at) ? at + item.text.length : undefined;
  if ((letter === "M" || letter === "L") && count >= 3) return readName(monthNames, count, text, at, (value) => (fields.month = value + 1));
  if (letter === "E") return readName(dayNames, count, text, at, (value) => (fields.weekday = value));
  if (letter === "a") return readName(["AM", "PM"], 4, text, at, (value) => (fields.half = value));
  if (letter === "G")
    return readName(count === 4 ? ["Before Christ", "Anno Domini"] : ["BC", "AD"], 4, text, at, (value) => (fields.era = value));
  if ("VzOXxZ".includes(letter)) return readZone(text, at, fields);
  if (letter === "S") return readFraction(count, text, at, fields);
  if (letter === "y" || letter === "u") return readYear(count, adjacent, text, at, fields);
  const least = count;
  const most = adjacent ? count : count === 1 ? (digitsMost[letter] ?? 19) : letter === "D" ? 3 : count;
  const digits = readDigits(text, at, least, most);
  if (digits === undefined) return undefined;
  setField(letter, Number(digits), fields);
  return at + digits.length;
}

function readDigits(text: string, at: number, least: number, most: number): string | undefined {
  const match = /^\d+/.exec(text.slice(at, at + most));
  return match === null || match[0].length < least ? undefined : match[0];
}

function readName(names: readonly string[], count: number, text: string, at: number, set: (index: number) => void): number | undefined {
  for (const [index, name] of names.entries()) {
    const wanted = count < 4 ? name.slice(0, 3) : name;
    if (text.slice(at, at + wanted.length).toLowerCase() === wanted.toLowerCase()) {
      set(index);
      return at + wanted.length;
    }
  }
  return undefined;
}

function readZone(text: string, at: number, fields: Fields): number | undefined {
  const match = /^(?:[A-Za-z]+(?:[/_][A-Za-z_]+)*)?(?:[+-]\d{1,2}(?::?\d{2}(?::?\d{2})?)?)?/.exec(text.slice(at));
  const id = match?.[0] ?? "";
  const zone = id === "" ? undefined : findTimeZone(/^(?:PDT|MDT|CDT|EDT)$/.test(id) ? `${id[0]}ST` : id);
  if (zone === undefined) return undefined;
  fields.zone = zone;
  return at + id.length;
}

function readFraction(count: number, text: string, at: number, fields: Fields): number | undefined {
  const digits = readDigits(text, at, 0 + count, count) ?? readDigits(text, at, 1, count);
  if (digits === undefined) return undefined;
  fields.micros = Number(digits.slice(0, 6).padEnd(6, "0"));
  return at + digits.length;
}

function readYear(count: number, adjacent: boolean, text: string, at: number, fields: Fields): number | undefined {
  const sign = text[at] === "-" || text[at] === "+" ? (text[at] ?? "") : "";
  const start = at + sign.length;
  const most = count === 2 ? 2 : adjacent ? count : count >= 4 && sign === "" ? count : 10;
  const digits = readDigits(text, start, count, most);
  if (digits === undefined) return undefined;
  const value = Number(digits);
  fields.year = count === 2 ? 2000 + value : sign === "-" ? -value : value;
  return start + digits.length;
}

function setField(letter: string, value: number, fields: Fields): void {
  if (letter === "M" || letter === "L") fields.month = value;
  else if (letter === "d") fields.day = value;
  else if (letter === "D") fields.dayOfYear = value;
  else if (letter === "Q" || letter === "q") fields.quarter = value;
  else if (letter === "H") fields.hour24 = value;
  else if (letter === "k") fields.hour24 = value === 24 ? 0 : value === 0 ? 99 : value;
  else if (letter === "h") fields.hour12 = value === 12 ? 0 : value === 0 ? 99 : value;
  else if (letter === "K") fields.hour12 = value;
  else if (letter === "m") fields.minute = value;
  else if (letter === "s") fields.second = value;
  else if (letter === "n") fields.micros = Math.floor(value / 1000);
}

function resolveFields(fields: Fields, items: readonly PatternItem[]): ParsedTimestamp | undefined {
  const { minute = 0, second = 0, micros = 0, month = 1, day = 1, zone } = fields;
  let { year = 1970 } = fields;
  if (fields.era === 0) year = 1 - year;
  const hour = fields.hour24 ?? (fields.hour12 ?? 0) + 12 * (fields.half ?? 0);
  if (hour > 23 || (fields.hour12 ?? 0) > 11 || minute > 59 || second > 59) return undefined;
  let days: number;
  if (fields.dayOfYear !== undefined) {
    const length = daysInMonth(year, 2) === 29 ? 366 : 365;
    if (fields.dayOfYear < 1 || fields.dayOfYear > length) return undefined;
    days = daysFromCivil(year, 1, 1) + fields.dayOfYear - 1;
    if (fields.month !== undefined && civilFromDays(days).month !== fields.month) return undefined;
  } else {
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
    days = daysFromCivil(year, month, day);
  }
  if (fields.weekday !== undefined && (((days + 3) % 7) + 7) % 7 !== fields.weekday) return undefined;
  const localMicros = microsOfDay(days) + BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(micros);
  const timeOnly = !items.some((item) => /[yuMLdDQq]/.test(item.letter));
  return { localMicros, zone, timeOnly };
}
