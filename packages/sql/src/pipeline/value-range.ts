import type { DataType } from "@vonk/columnar/internal";
import { typeOf, type Call, type Expression } from "@vonk/dataframe/internal";
import { isWhole } from "./compilable.ts";
import { scaleFactors, scaleOf } from "./operand-scale.ts";

/** Bounds of an integer's values, both inclusive. */
export interface ValueRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** What is known of a batch's columns. */
export interface ColumnRanges {
  /** Bounds of a column's values; undefined when they do not fit into 64 bits. */
  readonly range: (ordinal: number) => ValueRange | undefined;
  /** Whether a column's integers fit into 64 bits. */
  readonly fits: (ordinal: number) => boolean;
}

const long: ValueRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** True when every value of the range fits into 64 bits. */
export function fitsLong({ min, max }: ValueRange): boolean {
  return min >= long.min && max <= long.max;
}

/**
 * Whether every integer that an expression computes on its way is what its type holds and fits into 64 bits, for columns of the given ranges.
 * Interval arithmetic: what it promises holds for every row, so that generated code needs no checks.
 */
export function isProved(expression: Expression, columns: ColumnRanges): boolean {
  switch (expression.kind) {
    case "boundReference":
      return columns.fits(expression.ordinal);
    case "literal":
      return typeof expression.value !== "bigint" || fitsLong({ min: expression.value, max: expression.value });
    case "alias":
      return isProved(expression.child, columns);
    case "cast":
      return isProved(expression.child, columns) && (!isWhole(expression.dataType) || rangeOf(expression, columns) !== undefined);
    case "caseWhen":
      return [...expression.whens, ...(expression.otherwise === undefined ? [] : [expression.otherwise])].every((part) =>
        isProved(part, columns),
      );
    case "call":
      if (!expression.args.every((argument) => isProved(argument, columns))) return false;
      return !isArithmetic(expression) || rangeOf(expression, columns) !== undefined;
    default:
      return false;
  }
}

function isArithmetic({ name, dataType }: Call): boolean {
  return isWhole(dataType) && (name === "+" || name === "-" || name === "*");
}

/** Bounds of an integer expression; undefined when a step may leave 64 bits or its type. */
export function rangeOf(expression: Expression, columns: ColumnRanges): ValueRange | undefined {
  const range = computeRange(expression, columns);
  if (range === undefined || !fitsLong(range)) return undefined;
  return fitsType(typeOf(expression), range) ? range : undefined;
}

/** Whether all values of a range are values of a type. */
function fitsType(type: DataType, { min, max }: ValueRange): boolean {
  const own = typeRange(type);
  return min >= own.min && max <= own.max;
}

/** What values of a type can be. */
export function typeRange(type: DataType): ValueRange {
  switch (type.kind) {
    case "byte":
      return { min: -128n, max: 127n };
    case "short":
      return { min: -32_768n, max: 32_767n };
    case "integer":
    case "date":
      return { min: -(2n ** 31n), max: 2n ** 31n - 1n };
    case "decimal": {
      const most = 10n ** BigInt(type.precision) - 1n;
      return { min: -most, max: most };
    }
    default:
      return long;
  }
}

function computeRange(expression: Expression, columns: ColumnRanges): ValueRange | undefined {
  switch (expression.kind) {
    case "boundReference":
      return columns.range(expression.ordinal);
    case "literal":
      return constantRange(expression.value);
    case "alias":
      return rangeOf(expression.child, columns);
    case "cast": {
      const range = rangeOf(expression.child, columns);
      const digits = scaleOf(expression.dataType) - scaleOf(typeOf(expression.child));
      return digits < 0 ? undefined : scaled(range, 10n ** BigInt(digits));
    }
    case "caseWhen": {
      const branches = expression.whens.filter((_, index) => index % 2 === 1);
      return union([...branches, ...(expression.otherwise === undefined ? [] : [expression.otherwise])], columns);
    }
    case "call":
      return callRange(expression, columns);
    default:
      return undefined;
  }
}

function union(branches: readonly Expression[], columns: ColumnRanges): ValueRange | undefined {
  let all: ValueRange | undefined;
  for (const branch of branches) {
    const range = rangeOf(branch, columns);
    if (range === undefined) return undefined;
    all = all === undefined ? range : { min: all.min < range.min ? all.min : range.min, max: all.max > range.max ? all.max : range.max };
  }
  return all;
}

function callRange(expression: Call, columns: ColumnRanges): ValueRange | undefined {
  const { name, args } = expression;
  if (name === "coalesce") return union(args, columns);
  if (name === "year" || name === "month" || name === "day") return typeRange(expression.dataType);
  const factors = scaleFactors(name, args);
  const [left, right] = args.map((argument, index) => scaled(rangeOf(argument, columns), factors[index] ?? 1n));
  if (left === undefined || right === undefined || !fitsLong(left) || !fitsLong(right)) return undefined;
  switch (name) {
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

/** The range of a constant; a null has any. */
function constantRange(value: unknown): ValueRange | undefined {
  if (value === null) return { min: 0n, max: 0n };
  if (typeof value === "bigint") return { min: value, max: value };
  return typeof value === "number" && Number.isInteger(value) ? { min: BigInt(value), max: BigInt(value) } : undefined;
}
