import { divideHalfUp, powerOfTen } from "./decimal-value.ts";

/** How digits are cut off. */
export type RoundMode = "half-up" | "half-even" | "ceiling" | "floor";

/** value / 10^digits as a whole number under a mode. */
export function divideRounding(value: bigint, digits: number, mode: RoundMode): bigint {
  const divisor = powerOfTen(digits);
  const quotient = value / divisor;
  const remainder = value - quotient * divisor;
  if (remainder === 0n) return quotient;
  switch (mode) {
    case "half-up":
      return divideHalfUp(value, divisor);
    case "half-even": {
      const twice = (remainder < 0n ? -remainder : remainder) * 2n;
      const up = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
      return up ? quotient + (value < 0n ? -1n : 1n) : quotient;
    }
    case "ceiling":
      return remainder > 0n ? quotient + 1n : quotient;
    case "floor":
      return remainder < 0n ? quotient - 1n : quotient;
  }
}

/** A number of `scale` digits rounded to `digits` behind the point, which may be negative; still of `scale` digits. */
export function roundAt(unscaled: bigint, scale: number, digits: number, mode: RoundMode): bigint {
  return digits >= scale ? unscaled : divideRounding(unscaled, scale - digits, mode) * powerOfTen(scale - digits);
}
