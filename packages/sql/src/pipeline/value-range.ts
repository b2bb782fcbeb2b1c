import type { Expression } from "@vonk/dataframe/internal";
import { scaleFactors } from "./operand-scale.ts";

/** Bounds of an integer's values, both inclusive. */
export interface ValueRange {
  readonly min: bigint;
  readonly max: bigint;
}

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** True when every value of the range fits into 64 bits. */
export function fitsLong({ min, max }: ValueRange): boolean {
  return min >= least && max <= most;
}

/** The greatest distance from zero. */
export function magnitude({ min, max }: ValueRange): bigint {
  const a = min < 0n ? -min : min;
  const b = max < 0n ? -max : max;
  return a > b ? a : b;
}

/**
 * The range of an expression's values when its columns have the given ranges; undefined when a step may leave 64 bits. Interval arithmetic:
 * what it promises holds for every row, so that kernels need no checks.
 */
export function rangeOf(expression: Expression, columns: readonly ValueRange[]): ValueRange | undefined {
  const range = computeRange(expression, columns);
  return range === undefined || !fitsLong(range) ? undefined : range;
}

function computeRange(expression: Expression, columns: readonly ValueRange[]): ValueRange | undefined {
  if (expression.kind === "boundReference") return columns[expression.ordinal];
  if (expression.kind === "literal") return constantRange(expression.value);
  if (expression.kind !== "call") return undefined;
  const factors = scaleFactors(expression.name, expression.args);
  const [left, right] = expression.args.map((argument, index) => scaled(rangeOf(argument, columns), factors[index] ?? 1n));
  if (left === undefined || right === undefined || !fitsLong(left) || !fitsLong(right)) return undefined;
  switch (expression.name) {
    case "+":
      return { min: left.min + right.min, max: left.max + right.max };
    case "-":
      return { min: left.min - right.max, max: left.max - right.min };
    case "*": {
      const products = [left.min * right.min, left.min * right.max, left.max * right.min, left.max * right.max];
      return { min: products.reduce((a, b) => (a < b ? a : b)), max: products.reduce((a, b) => (a > b ? a : b)) };
    }
    default:
      return undefined;
  }
}

function scaled(range: ValueRange | undefined, factor: bigint): ValueRange | undefined {
  return range === undefined ? undefined : { min: range.min * factor, max: range.max * factor };
}

function constantRange(value: unknown): ValueRange | undefined {
  if (typeof value === "bigint") return { min: value, max: value };
  return typeof value === "number" && Number.isInteger(value) ? { min: BigInt(value), max: BigInt(value) } : undefined;
}
