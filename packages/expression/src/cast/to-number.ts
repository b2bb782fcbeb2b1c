import {
  asBigint,
  asNumber,
  asText,
  type DataType,
  type DecimalType,
  isFractional,
  isIntegral,
  type SQLValue,
} from "@vonk/columnar/internal";
import { microsPerDay, microsPerSecond } from "../calendar/civil-date.ts";
import { floorDivide } from "../calendar/timestamp-text.ts";
import { checkedDecimal } from "../decimal/checked-decimal.ts";
import { decimalFromNumber, decimalToNumber, parseDecimal, rescale } from "../decimal/decimal-value.ts";
import { microsPerHour, microsPerMinute } from "../interval/interval-text.ts";
import { malformed, outOfRange, same, type CastSite, type Conversion } from "./conversion.ts";
import { floatText, parseBoolean, parseDouble, parseInteger } from "./number-text.ts";

/** Microseconds of the fields of a day-time interval. */
export const microsOfField: Readonly<Record<"day" | "hour" | "minute" | "second", bigint>> = {
  day: microsPerDay,
  hour: microsPerHour,
  minute: microsPerMinute,
  second: microsPerSecond,
};

/** To BOOLEAN. */
export function toBoolean(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === "boolean") return same;
  if (from.kind === "string") return (value) => parseBoolean(asText(value)) ?? malformed(value, from, to, site);
  if (isIntegral(from) || isFractional(from) || from.kind === "decimal") return (value) => Number(value) !== 0;
  if (from.kind === "timestamp") return (value) => asBigint(value) !== 0n;
  return from.kind === "date" ? () => null : undefined;
}

const integerBits: Readonly<Partial<Record<DataType["kind"], number>>> = { byte: 8, short: 16, integer: 32, long: 64 };

/** A whole number into an integer type; beyond it an error, null, or wrapped. */
function fitInteger(whole: bigint, original: SQLValue, from: DataType, to: DataType, site: CastSite): SQLValue {
  const wrapped = BigInt.asIntN(integerBits[to.kind] ?? 64, whole);
  if (wrapped !== whole) {
    if (site.mode === "ansi") return outOfRange(original, from, to, site);
    if (site.mode === "try") return null;
  }
  return to.kind === "long" ? wrapped : Number(wrapped);
}

/** To TINYINT, SMALLINT, INT, BIGINT. */
export function toInteger(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === to.kind) return same;
  if (from.kind === "string") {
    return (value) => {
      const whole = parseInteger(asText(value), site.mode === "legacy");
      if (whole === undefined || BigInt.asIntN(integerBits[to.kind] ?? 64, whole) !== whole) return malformed(value, from, to, site);
      return to.kind === "long" ? whole : Number(whole);
    };
  }
  if (from.kind === "boolean") return (value) => (to.kind === "long" ? BigInt(value === true) : Number(value));
  if (isIntegral(from)) return (value) => fitInteger(typeof value === "bigint" ? value : BigInt(asNumber(value)), value, from, to, site);
  if (from.kind === "decimal") {
    return (value) => (typeof value === "bigint" ? fitInteger(value / 10n ** BigInt(from.scale), value, from, to, site) : null);
  }
  if (isFractional(from)) return (value) => doubleToInteger(Number(value), from, to, site);
  if (from.kind === "timestamp") return (value) => fitInteger(floorDivide(asBigint(value), microsPerSecond), value, from, to, site);
  if (from.kind === "time") return (value) => fitInteger(asBigint(value) / 1_000_000_000n, value, from, to, site);
  if (from.kind === "year-month-interval") {
    const unit = from.end === "year" ? 12n : 1n;
    return (value) => fitInteger(BigInt(asNumber(value)) / unit, value, from, to, site);
  }
  if (from.kind === "day-time-interval") {
    const unit = microsOfField[from.end];
    return (value) => fitInteger(asBigint(value) / unit, value, from, to, site);
  }
  return from.kind === "date" ? () => null : undefined;
}

function doubleToInteger(value: number, from: DataType, to: DataType, site: CastSite): SQLValue {
  const bits = integerBits[to.kind] ?? 64;
  const bound = 2 ** (bits - 1);
  const whole = Math.trunc(value);
  if (whole >= -bound && whole < bound) return to.kind === "long" ? BigInt(whole) : whole === 0 ? 0 : whole;
  if (site.mode === "ansi") return outOfRange(value, from, to, site);
  if (site.mode === "try") return null;
  // Java's narrowing: not a number is 0, the rest saturates at INT or BIGINT and is then cut.
  const limit = bits === 64 ? 64 : 32;
  const saturated = Number.isNaN(value) ? 0n : whole > 0 ? 2n ** BigInt(limit - 1) - 1n : -(2n ** BigInt(limit - 1));
  const cut = BigInt.asIntN(bits, Math.abs(whole) < 2 ** (limit - 1) ? BigInt(whole) : saturated);
  return to.kind === "long" ? cut : Number(cut);
}

/** To FLOAT and DOUBLE. */
export function toDouble(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  const round = to.kind === "float" ? Math.fround : (value: number) => value;
  if (from.kind === "string") {
    return (value) => {
      const parsed = parseDouble(asText(value));
      return parsed === undefined ? malformed(value, from, to, site) : round(parsed);
    };
  }
  if (from.kind === "decimal") return (value) => (typeof value === "bigint" ? round(decimalToNumber(value, from.scale)) : null);
  if (isIntegral(from) || isFractional(from) || from.kind === "boolean") return (value) => round(Number(value));
  if (from.kind === "timestamp") return (value) => round(Number(asBigint(value)) / 1e6);
  return from.kind === "date" ? () => null : undefined;
}

/** To DECIMAL. */
export function toDecimal(from: DataType, to: DecimalType, site: CastSite): Conversion | undefined {
  const fit = (unscaled: bigint, scale: number): bigint | null =>
    checkedDecimal(rescale(unscaled, scale, to.scale), to, site.mode === "ansi");
  if (from.kind === "decimal") return (value) => (typeof value === "bigint" ? fit(value, from.scale) : null);
  if (from.kind === "string") {
    return (value) => {
      const parsed = parseDecimal(asText(value));
      return parsed === undefined ? malformed(value, from, to, site) : fit(parsed.unscaled, parsed.scale);
    };
  }
  if (isIntegral(from)) return (value) => fit(typeof value === "bigint" ? value : BigInt(Number(value)), 0);
  if (from.kind === "boolean") return (value) => fit(BigInt(value === true), 0);
  if (isFractional(from)) {
    return (value) => {
      const exact = decimalFromNumber(from.kind === "float" ? Number(floatText(Number(value))) : Number(value));
      return exact === undefined ? null : fit(exact.unscaled, exact.scale);
    };
  }
  if (from.kind === "timestamp") return (value) => fit(asBigint(value), 6);
  if (from.kind === "time") return (value) => fit(asBigint(value), 9);
  if (from.kind === "year-month-interval") {
    const unit = from.end === "year" ? 12n : 1n;
    return (value) => fit(BigInt(asNumber(value)) / unit, 0);
  }
  if (from.kind === "day-time-interval") {
    const unit = microsOfField[from.end];
    return (value) => fit((asBigint(value) * 1_000_000n) / unit, 6);
  }
  return from.kind === "date" ? () => null : undefined;
}
