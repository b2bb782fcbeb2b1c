import { decimalPrecisionMax, decimalType, type DecimalType } from "@vonk/columnar/internal";

/**
 * Decimals as integers: a value of DECIMAL(p,s) is a bigint, the number times 10^s. Rounding is half up (away from zero), as in Spark.
 */

const powers: bigint[] = Array.from({ length: 80 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent. */
export function powerOfTen(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent);
}

/** The same number with another scale; digits that are cut off round half up. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return to === from ? unscaled : unscaled * powerOfTen(to - from);
  return divideHalfUp(unscaled, powerOfTen(from - to));
}

/** a / b to the nearest integer, halves away from zero. `b` is not zero. */
export function divideHalfUp(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  const remainder = a - quotient * b;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < (b < 0n ? -b : b)) return quotient;
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n;
}

/** Without its last `digits` digits. */
export function divideTowardsZero(value: bigint, digits: number): bigint {
  return value / powerOfTen(digits);
}

/** True when the number has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && -unscaled < limit;
}

/** Plain digits with exactly `scale` of them behind the point. */
export function decimalText(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = negative ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A number as written, `12.5e-3` too, exactly; undefined when the text is none. Surrounding blanks are allowed. */
export function parseDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const magnitude = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 10_000) return magnitude === 0n ? { unscaled: 0n, scale: 0 } : undefined;
  const unscaled = sign === "-" ? -magnitude : magnitude;
  return scale < 0 ? { unscaled: unscaled * powerOfTen(-scale), scale: 0 } : { unscaled, scale };
}

/** The nearest double. */
export function decimalToNumber(unscaled: bigint, scale: number): number {
  if (unscaled >= -9007199254740991n && unscaled <= 9007199254740991n && scale <= 22) return Number(unscaled) / 10 ** scale;
  return Number(decimalText(unscaled, scale));
}

/** The decimal that a double prints as; undefined for NaN and infinities. */
export function decimalFromNumber(value: number): { readonly unscaled: bigint; readonly scale: number } | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

/** The narrowest type that holds a decimal as written. */
export function decimalTypeOf(unscaled: bigint, scale: number): DecimalType {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  return decimalType(Math.max(unscaled === 0n ? 1 : digits, scale, 1), scale);
}

const leastScaleKept = 6;

/**
 * A type of more than 38 digits cut down to 38: digits behind the point go first, but not below 6.
 * @see Spark's DecimalType.adjustPrecisionScale
 */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  if (precision <= decimalPrecisionMax) return decimalType(precision, scale);
  const whole = precision - scale;
  const kept = Math.min(scale, leastScaleKept);
  return decimalType(decimalPrecisionMax, Math.max(decimalPrecisionMax - whole, kept));
}

/** A type of more than 38 digits cut down by digits before the point. */
export function cappedDecimal(precision: number, scale: number): DecimalType {
  return decimalType(Math.min(precision, decimalPrecisionMax), Math.min(scale, decimalPrecisionMax));
}

/** The result type of an arithmetic operator on decimals. @see Spark's DecimalPrecision */
export function decimalArithmeticType(operator: string, a: DecimalType, b: DecimalType): DecimalType {
  const wholeA = a.precision - a.scale;
  const wholeB = b.precision - b.scale;
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case "*":
      return boundedDecimal(a.precision + b.precision + 1, a.scale + b.scale);
    case "/": {
      const quotientScale = Math.max(leastScaleKept, a.scale + b.precision + 1);
      return boundedDecimal(wholeA + b.scale + quotientScale, quotientScale);
    }
    case "%":
    case "pmod":
      return boundedDecimal(Math.min(wholeA, wholeB) + scale, scale);
    case "div":
      return cappedDecimal(Math.max(wholeA + b.scale, 1), 0);
    default:
      return boundedDecimal(Math.max(wholeA, wholeB) + scale + 1, scale);
  }
}

/** The type that holds both, for comparisons, CASE, UNION: with all digits before the point, and behind it those that 38 have room for. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale;
  const excess = Math.max(precision - decimalPrecisionMax, 0);
  return decimalType(precision - excess, Math.max(scale - excess, 0));
}
