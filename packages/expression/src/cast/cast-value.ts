import {
  asNumber,
  asText,
  type DataType,
  type DecimalType,
  isFractional,
  isIntegral,
  sqlType,
  type SQLValue,
} from "@vonk/columnar/internal";
import type { EvalMode } from "@vonk/dataframe/internal";
import { dateText, microsPerDay, parseDate } from "../calendar/civil-date.ts";
import { decimalFromNumber, decimalText, decimalToNumber, parseDecimal, rescale } from "../decimal/decimal-value.ts";
import { expressionErrors } from "../errors.ts";
import { checkedDecimal } from "../family/arithmetic.ts";
import type { SessionValues } from "../function/function-entry.ts";
import { keyText } from "../order/compare-values.ts";
import { doubleText, floatText, parseBoolean, parseDouble, parseInteger } from "./number-text.ts";

/** A conversion of values that are not null; null when the mode makes failures null. */
export type Conversion = (value: SQLValue) => SQLValue;

/** What conversions depend on beside their types. */
export interface CastSite {
  readonly mode: EvalMode;
  readonly session: SessionValues;
}

/** The conversion between two types; undefined when there is none. */
export function conversion(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === "void") return () => null;
  switch (to.kind) {
    case "string":
    case "char":
    case "varchar":
      return toText(from);
    case "boolean":
      return toBoolean(from, to, site);
    case "byte":
    case "short":
    case "integer":
    case "long":
      return toInteger(from, to, site);
    case "float":
    case "double":
      return toDouble(from, to, site);
    case "decimal":
      return toDecimal(from, to, site);
    case "date":
      return toDate(from, to, site);
    case "binary":
      return from.kind === "binary" ? same : from.kind === "string" ? (value) => new TextEncoder().encode(asText(value)) : undefined;
    default:
      return from.kind === to.kind ? same : undefined;
  }
}

const same: Conversion = (value) => value;

/** Not a value of the type: an error under ANSI, else null. */
function malformed(value: SQLValue, from: DataType, to: DataType, site: CastSite): null {
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("CAST_INVALID_INPUT", {
    expression: typeof value === "string" ? `'${value}'` : valueText(value, from),
    sourceType: `"${sqlType(from)}"`,
    targetType: `"${sqlType(to)}"`,
  });
}

function outOfRange(value: SQLValue, from: DataType, to: DataType): never {
  throw expressionErrors.create("CAST_OVERFLOW", {
    value: literalText(value, from),
    sourceType: `"${sqlType(from)}"`,
    targetType: `"${sqlType(to)}"`,
  });
}

/** A number as a literal of its type, as errors show it. */
function literalText(value: SQLValue, type: DataType): string {
  const suffix: Partial<Record<DataType["kind"], string>> = { long: "L", short: "S", byte: "T", double: "D", decimal: "BD" };
  return valueText(value, type) + (suffix[type.kind] ?? "");
}

function valueText(value: SQLValue, type: DataType): string {
  const text = toText(type)?.(value);
  return typeof text === "string" ? text : keyText(value);
}

function toText(from: DataType): Conversion | undefined {
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return same;
    case "float":
      return (value) => floatText(Number(value));
    case "double":
      return (value) => doubleText(Number(value));
    case "decimal":
      return (value) => (typeof value === "bigint" ? decimalText(value, from.scale) : null);
    case "date":
      return (value) => dateText(Number(value));
    case "boolean":
      return (value) => (value === true ? "true" : "false");
    case "byte":
    case "short":
    case "integer":
    case "long":
      return (value) => `${typeof value === "bigint" ? value : asNumber(value)}`;
    case "binary":
      return (value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : null);
    default:
      return undefined;
  }
}

function toBoolean(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === "boolean") return same;
  if (from.kind === "string") return (value) => parseBoolean(asText(value)) ?? malformed(value, from, to, site);
  if (isIntegral(from) || isFractional(from) || from.kind === "decimal") return (value) => Number(value) !== 0;
  return undefined;
}

const integerBits: Readonly<Partial<Record<DataType["kind"], number>>> = { byte: 8, short: 16, integer: 32, long: 64 };

/** A whole number into an integer type; beyond it an error, null, or wrapped. */
function fitInteger(whole: bigint, original: SQLValue, from: DataType, to: DataType, site: CastSite): SQLValue {
  const wrapped = BigInt.asIntN(integerBits[to.kind] ?? 64, whole);
  if (wrapped !== whole) {
    if (site.mode === "ansi") return outOfRange(original, from, to);
    if (site.mode === "try") return null;
  }
  return to.kind === "long" ? wrapped : Number(wrapped);
}

function toInteger(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === to.kind) return same;
  if (from.kind === "string") {
    return (value) => {
      const whole = parseInteger(asText(value), site.mode === "legacy");
      if (whole === undefined || BigInt.asIntN(integerBits[to.kind] ?? 64, whole) !== whole) return malformed(value, from, to, site);
      return to.kind === "long" ? whole : Number(whole);
    };
  }
  if (from.kind === "boolean") return (value) => (to.kind === "long" ? BigInt(value === true) : Number(value));
  if (isIntegral(from))
    return (value) => fitInteger(BigInt(Number.isInteger(value) ? Number(value) : (value as bigint)), value, from, to, site);
  if (from.kind === "decimal") {
    return (value) => (typeof value === "bigint" ? fitInteger(value / 10n ** BigInt(from.scale), value, from, to, site) : null);
  }
  if (isFractional(from)) return (value) => doubleToInteger(Number(value), from, to, site);
  return undefined;
}

function doubleToInteger(value: number, from: DataType, to: DataType, site: CastSite): SQLValue {
  const bits = integerBits[to.kind] ?? 64;
  const bound = 2 ** (bits - 1);
  const whole = Math.trunc(value);
  if (whole >= -bound && whole < bound) return to.kind === "long" ? BigInt(whole) : whole === 0 ? 0 : whole;
  if (site.mode === "ansi") return outOfRange(value, from, to);
  if (site.mode === "try") return null;
  // Java's narrowing: not a number is 0, the rest saturates at INT or BIGINT and is then cut.
  const limit = bits === 64 ? 64 : 32;
  const saturated = Number.isNaN(value) ? 0n : whole > 0 ? 2n ** BigInt(limit - 1) - 1n : -(2n ** BigInt(limit - 1));
  const cut = BigInt.asIntN(bits, Math.abs(whole) < 2 ** (limit - 1) ? BigInt(whole) : saturated);
  return to.kind === "long" ? cut : Number(cut);
}

function toDouble(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  const round = to.kind === "float" ? Math.fround : (value: number) => value;
  if (from.kind === "string") {
    return (value) => {
      const parsed = parseDouble(asText(value));
      return parsed === undefined ? malformed(value, from, to, site) : round(parsed);
    };
  }
  if (from.kind === "decimal") return (value) => (typeof value === "bigint" ? round(decimalToNumber(value, from.scale)) : null);
  if (isIntegral(from) || isFractional(from) || from.kind === "boolean") return (value) => round(Number(value));
  return undefined;
}

function toDecimal(from: DataType, to: DecimalType, site: CastSite): Conversion | undefined {
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
  return undefined;
}

function toDate(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === "date") return same;
  if (from.kind === "string") return (value) => parseDate(asText(value)) ?? malformed(value, from, to, site);
  if (from.kind === "timestamp_ntz") return (value) => (typeof value === "bigint" ? Number(floorDivide(value, microsPerDay)) : null);
  return undefined;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
