import {
  calendarIntervalType,
  CalendarInterval,
  dateType,
  dayTimeFields,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  byteType,
  shortType,
  timestampNTZType,
  timestampType,
  yearMonthFields,
  yearMonthIntervalType,
  binaryType,
  timeType,
  stringType,
  type DataType,
} from "@vonk/columnar/internal";
import { cast, literal, unresolvedFunction, type Expression } from "@vonk/dataframe/internal";
import { decimalTypeOf, parseDate, parseDecimal } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { NumberToken, Text, textValue, Word } from "./lexer.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** A number with its type: INT or BIGINT by size, DECIMAL with a point, DOUBLE with an exponent, or as its suffix says. */
export function parseNumber(cursor: TokenCursor, negative: boolean): Expression {
  const start = cursor.position - (negative ? 1 : 0);
  const image = (negative ? "-" : "") + cursor.next().image;
  const origin = cursor.originFrom(start);
  const suffix = /(?:BD|[LSYFD])$/i.exec(image)?.[0].toUpperCase();
  const digits = suffix === undefined ? image : image.slice(0, -suffix.length);
  const parsed = parseDecimal(digits);
  if (parsed === undefined) throw cursor.unexpected();
  switch (suffix) {
    case "L":
      return literal(inRange(parsed.unscaled, digits, "bigint", 64, origin), longType, origin);
    case "S":
      return literal(Number(inRange(parsed.unscaled, digits, "smallint", 16, origin)), shortType, origin);
    case "Y":
      return literal(Number(inRange(parsed.unscaled, digits, "tinyint", 8, origin)), byteType, origin);
    case "F":
      return literal(Math.fround(Number(digits)), floatType, origin);
    case "D":
      return literal(Number(digits), doubleType, origin);
    case "BD":
      return decimalLiteral(parsed.unscaled, parsed.scale, origin);
    default:
      break;
  }
  if (/[eE]/.test(digits)) return literal(Number(digits), doubleType, origin);
  if (digits.includes(".")) return decimalLiteral(parsed.unscaled, parsed.scale, origin);
  const whole = parsed.unscaled;
  if (BigInt.asIntN(32, whole) === whole) return literal(Number(whole), integerType, origin);
  if (BigInt.asIntN(64, whole) === whole) return literal(whole, longType, origin);
  return decimalLiteral(whole, 0, origin);
}

/** @throws AnalysisError INVALID_NUMERIC_LITERAL_RANGE */
function inRange(value: bigint, rawStrippedQualifier: string, typeName: string, bits: number, origin: Expression["origin"]): bigint {
  if (BigInt.asIntN(bits, value) === value) return value;
  const limit = 2n ** BigInt(bits - 1);
  throw analysisError(
    "INVALID_NUMERIC_LITERAL_RANGE",
    { rawStrippedQualifier, typeName, minValue: `${-limit}`, maxValue: `${limit - 1n}` },
    origin,
  );
}

function decimalLiteral(unscaled: bigint, scale: number, origin: Expression["origin"]): Expression {
  const type = decimalTypeOf(unscaled, scale);
  return literal(unscaled, decimalType(type.precision, type.scale), origin);
}

const typedTexts: Readonly<Record<string, DataType>> = {
  DATE: dateType,
  TIMESTAMP: timestampType,
  TIMESTAMP_LTZ: timestampType,
  TIMESTAMP_NTZ: timestampNTZType,
  TIME: timeType(6),
};

/** A time zone behind a time of day. */
const hasZone = /:\d.*(?:[zZ]|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{3,}(?:\/\w+)*)\s*$/;

/** `DATE '2001-09-28'`, `X'1F'`; undefined when that does not stand here. */
export function parseTypedText(cursor: TokenCursor, start: number): Expression | undefined {
  if (!cursor.isKind(Text, 1)) return undefined;
  const word = cursor.word;
  const type = Object.hasOwn(typedTexts, word) ? typedTexts[word] : undefined;
  if (type !== undefined) {
    cursor.next();
    const text = cursor.string();
    const origin = cursor.originFrom(start);
    const days = type.kind === "date" ? parseDate(text) : undefined;
    if (days !== undefined) return literal(days, dateType, origin);
    const isLocal = word === "TIMESTAMP" && cursor.rules.timestampNTZ && !hasZone.test(text);
    return cast(literal(text, stringType, origin), isLocal ? timestampNTZType : type, "ansi", false, origin);
  }
  if (word !== "X") return undefined;
  cursor.next();
  const digits = cursor.string();
  if (!/^[0-9a-f]*$/i.test(digits)) {
    throw analysisError("INVALID_TYPED_LITERAL", { valueType: '"X"', value: `'${digits}'` }, cursor.originFrom(start));
  }
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return literal(new Uint8Array(Buffer.from(even, "hex")), binaryType, cursor.originFrom(start));
}

const unitNames: Readonly<
  Record<string, { readonly months?: number; readonly days?: number; readonly micros?: bigint; readonly field: string }>
> = {
  YEAR: { months: 12, field: "year" },
  MONTH: { months: 1, field: "month" },
  WEEK: { days: 7, field: "day" },
  DAY: { days: 1, field: "day" },
  HOUR: { micros: 3_600_000_000n, field: "hour" },
  MINUTE: { micros: 60_000_000n, field: "minute" },
  SECOND: { micros: 1_000_000n, field: "second" },
  MILLISECOND: { micros: 1000n, field: "second" },
  MICROSECOND: { micros: 1n, field: "second" },
};

function unitOf(word: string): (typeof unitNames)[string] | undefined {
  const one = word.endsWith("S") ? word.slice(0, -1) : word;
  return Object.hasOwn(unitNames, one) ? unitNames[one] : undefined;
}

/** True when INTERVAL here begins a constant or a computed interval, and is no column. */
export function isIntervalLiteral(cursor: TokenCursor): boolean {
  if (cursor.isKind(Text, 1) || cursor.isKind(NumberToken, 1)) return true;
  if (cursor.isSign("-", 1) || cursor.isSign("+", 1)) return cursor.isKind(NumberToken, 2) || cursor.isKind(Text, 2);
  return (cursor.isSign("(", 1) || cursor.isKind(Word, 1)) && isUnitSomewhere(cursor);
}

function isUnitSomewhere(cursor: TokenCursor): boolean {
  if (cursor.isKind(Word, 1)) return unitOf(cursor.peek(2)?.image.toUpperCase() ?? "") !== undefined;
  let depth = 0;
  for (let ahead = 1; ; ahead++) {
    const token = cursor.peek(ahead);
    if (token === undefined) return false;
    if (token.image === "(") depth++;
    if (token.image === ")" && --depth === 0) return unitOf(cursor.peek(ahead + 1)?.image.toUpperCase() ?? "") !== undefined;
  }
}

function isAmount(cursor: TokenCursor): boolean {
  return cursor.isKind(Text) || cursor.isKind(NumberToken) || cursor.isSign("-") || cursor.isSign("+");
}

/** Behind the first part a sign may as well be the operator that follows the interval, and a number begin nothing of it. */
function isFurtherPart(cursor: TokenCursor): boolean {
  if (cursor.isKind(Text) || cursor.isKind(NumberToken)) return true;
  if (!cursor.isSign("-") && !cursor.isSign("+")) return false;
  return (cursor.isKind(Text, 1) || cursor.isKind(NumberToken, 1)) && unitOf(cursor.peek(2)?.image.toUpperCase() ?? "") !== undefined;
}

/** INTERVAL in all its forms: `'90' day`, `3 months 2 days`, `'1-2' YEAR TO MONTH`, `'3 days 4 hours'`, `(n) hours`. */
export function parseInterval(cursor: TokenCursor, start: number): Expression {
  cursor.expect("INTERVAL");
  if (cursor.isKind(Text) && unitOf(cursor.peek(1)?.image.toUpperCase() ?? "") === undefined) return wordInterval(cursor, start);
  if (cursor.isSign("(") || cursor.isKind(Word)) return computedInterval(cursor, start);
  const parts: { readonly amount: string; readonly unit: string }[] = [];
  let to: string | undefined;
  while (parts.length === 0 ? isAmount(cursor) : isFurtherPart(cursor)) {
    const sign = cursor.takeSign("-") ? "-" : (cursor.takeSign("+"), "");
    const token = cursor.next();
    const amount = token.tokenType === Text ? textValue(token.image) : token.image;
    const unit = cursor.word;
    if (unitOf(unit) === undefined) throw cursor.unexpected(": expected a unit of time");
    cursor.next();
    parts.push({ amount: sign === "-" ? negated(amount) : amount, unit });
    if (cursor.take("TO")) {
      to = cursor.next().image.toUpperCase();
      break;
    }
  }
  return intervalOf(cursor, start, parts, to);
}

function negated(amount: string): string {
  return amount.startsWith("-") ? amount.slice(1) : `-${amount}`;
}

function computedInterval(cursor: TokenCursor, start: number): Expression {
  const amount = cursor.isSign("(") ? cursor.parenthesised(() => cursor.rules.expression(cursor)) : [cursor.rules.expression(cursor)];
  const unit = unitOf(cursor.next().image.toUpperCase());
  const zero = literal(0, integerType);
  const position = ["year", "month", "week", "day", "hour", "minute", "second"].indexOf(unit?.field ?? "day");
  const args = Array.from({ length: 7 }, (_, index) => (index === position ? (amount[0] ?? zero) : zero));
  return unresolvedFunction("make_interval", args, { origin: cursor.originFrom(start) });
}

/** `INTERVAL '3 days 4 hours'`: units inside the text. */
function wordInterval(cursor: TokenCursor, start: number): Expression {
  const text = cursor
    .string()
    .trim()
    .replace(/^interval\s+/i, "");
  const parts: { amount: string; unit: string }[] = [];
  for (const match of text.matchAll(/([+-]?\s*\d*\.?\d+)\s+([A-Za-z]+)/g)) {
    parts.push({ amount: (match[1] ?? "0").replaceAll(/\s/g, ""), unit: (match[2] ?? "").toUpperCase() });
  }
  if (parts.length === 0 || parts.some(({ unit }) => unitOf(unit) === undefined))
    throw cursor.unexpected(": expected units of time in the interval");
  return intervalOf(cursor, start, parts, undefined);
}

/** Constants of years and months are months, of days and less microseconds; both together the legacy interval. */
function intervalOf(
  cursor: TokenCursor,
  start: number,
  parts: readonly { readonly amount: string; readonly unit: string }[],
  to: string | undefined,
): Expression {
  const origin = cursor.originFrom(start);
  const [only] = parts;
  if (to !== undefined && only !== undefined) return rangeInterval(cursor, only.amount, only.unit, to, origin);
  let months = 0;
  let days = 0;
  let micros = 0n;
  for (const { amount, unit } of parts) {
    const { months: perMonth, days: perDay, micros: perMicro } = unitOf(unit) ?? { field: "" };
    if (perMonth !== undefined) months += Number(amount) * perMonth;
    else if (perDay !== undefined) days += Number(amount) * perDay;
    else if (perMicro !== undefined) micros += scaledMicros(cursor, amount, perMicro);
  }
  const fields = parts.map(({ unit }) => unitOf(unit)?.field ?? "");
  const isMonths = fields.every((field) => yearMonthFields.some((name) => name === field));
  const isTime = fields.every((field) => dayTimeFields.some((name) => name === field));
  if (isMonths) return literal(months, yearMonthIntervalType(...ends(yearMonthFields, fields)), origin);
  if (isTime) return literal(BigInt(days) * 86_400_000_000n + micros, dayTimeIntervalType(...ends(dayTimeFields, fields)), origin);
  return literal(new CalendarInterval(months, days, micros), calendarIntervalType, origin);
}

function ends<Field extends string>(names: readonly Field[], fields: readonly string[]): [Field | undefined, Field | undefined] {
  const indexes = fields.map((field) => names.findIndex((name) => name === field));
  return [names[Math.min(...indexes)], names[Math.max(...indexes)]];
}

function scaledMicros(cursor: TokenCursor, amount: string, perUnit: bigint): bigint {
  const parsed = parseDecimal(amount);
  if (parsed === undefined) throw cursor.unexpected(": expected a number in the interval");
  return (parsed.unscaled * perUnit) / 10n ** BigInt(parsed.scale);
}

/** `'1-2' YEAR TO MONTH`, `'3 04:05:06' DAY TO SECOND`. */
function rangeInterval(cursor: TokenCursor, amount: string, from: string, to: string, origin: Expression["origin"]): Expression {
  const negative = amount.trim().startsWith("-");
  const sign = negative ? -1 : 1;
  const digits = amount.trim().replace(/^[+-]/, "");
  if (from === "YEAR") {
    const [years = "0", months = "0"] = digits.split("-");
    return literal(sign * (Number(years) * 12 + Number(months)), yearMonthIntervalType("year", "month"), origin);
  }
  const start = dayTimeFields.findIndex((field) => field === from.toLowerCase());
  const end = dayTimeFields.findIndex((field) => field === to.toLowerCase());
  const numbers = digits.split(/[ :T]/);
  if (start < 0 || end <= start || numbers.length !== end - start + 1) throw cursor.unexpected(": expected an interval of these fields");
  const per = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n];
  const micros = numbers.reduce((sum, text, index) => sum + scaledMicros(cursor, text, per[start + index] ?? 1n), 0n);
  return literal(negative ? -micros : micros, dayTimeIntervalType(dayTimeFields[start], dayTimeFields[end]), origin);
}
