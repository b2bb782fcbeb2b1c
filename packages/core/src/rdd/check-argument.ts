import { coreErrors } from "../errors.ts";

/** The error of a bad argument: what was met and what is expected. */
export function invalid(call: string, name: string, value: unknown, expected: string): Error {
  return coreErrors.create("INVALID_ARGUMENT", { call, name, value: String(value), expected });
}

/** A count as given by the user, zero allowed. @throws INVALID_ARGUMENT */
export function checkCount(count: number, call: string, name = "count"): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw invalid(call, name, count, "a whole number of at least 0");
}

/** A fraction as given by the user; above 1 only with replacement. @throws INVALID_ARGUMENT */
export function checkFraction(fraction: number, withReplacement: boolean, call: string): void {
  if (fraction >= 0 && (withReplacement ? Number.isFinite(fraction) : fraction <= 1)) return;
  throw invalid(call, "fraction", fraction, withReplacement ? "a finite number of at least 0" : "a number from 0 to 1");
}

/** The depth of a tree of aggregations. @throws INVALID_ARGUMENT */
export function checkDepth(depth: number, call: string): void {
  if (!Number.isInteger(depth) || depth < 1) throw invalid(call, "depth", depth, "a whole number of at least 1");
}
