import { invalid } from "./check-argument.ts";

/** The precision of a HyperLogLog sketch for a relative standard deviation. @throws INVALID_ARGUMENT */
export function sketchPrecision(relativeSD: number, call: string): number {
  // Below this the registers would take gigabytes.
  if (!(relativeSD > 0.0005 && relativeSD < 1)) throw invalid(call, "relativeSD", relativeSD, "a number between 0.0005 and 1");
  return Math.max(4, Math.ceil((2 * Math.log(1.054 / relativeSD)) / Math.LN2));
}
