import type { ColumnVector, PhysicalType } from "@vonk/columnar/internal";
import { conjunction, conjuncts, typeOf, type Expression } from "@vonk/dataframe/internal";
import { isWhole } from "./compilable.ts";
import { scaleOf } from "./operand-scale.ts";

/** A column's values between two bounds, both included. */
export interface ColumnInterval {
  readonly ordinal: number;
  readonly min: bigint;
  readonly max: bigint;
}

/** A condition as intervals of columns, and what else it asks. */
export interface IntervalCondition {
  readonly intervals: readonly ColumnInterval[];
  readonly rest?: Expression;
}

const unbounded = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Takes comparisons of columns of integers with constants out of a condition; those of a column become one interval. */
export function columnIntervals(condition: Expression): IntervalCondition {
  const found = new Map<number, ColumnInterval>();
  const rest: Expression[] = [];
  for (const part of conjuncts(condition)) {
    const own = intervalOf(part);
    if (own === undefined) rest.push(part);
    else {
      const known = found.get(own.ordinal) ?? { ordinal: own.ordinal, ...unbounded };
      found.set(own.ordinal, {
        ordinal: own.ordinal,
        min: own.min > known.min ? own.min : known.min,
        max: own.max < known.max ? own.max : known.max,
      });
    }
  }
  return { intervals: [...found.values()], ...(rest.length === 0 ? {} : { rest: conjunction(rest) }) };
}

const mirrored: Readonly<Record<string, string>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function intervalOf(part: Expression): ColumnInterval | undefined {
  if (part.kind !== "call") return undefined;
  const [first, second, third] = part.args;
  if (first === undefined || second === undefined) return undefined;
  if (part.name === "between") {
    const min = constantFor(first, second);
    const max = third === undefined ? undefined : constantFor(first, third);
    return first.kind !== "boundReference" || min === undefined || max === undefined ? undefined : { ordinal: first.ordinal, min, max };
  }
  if (second.kind === "boundReference") return comparison(mirrored[part.name] ?? "", second, first);
  return comparison(part.name, first, second);
}

function comparison(name: string, column: Expression, other: Expression): ColumnInterval | undefined {
  const value = constantFor(column, other);
  if (value === undefined || column.kind !== "boundReference") return undefined;
  const { ordinal } = column;
  switch (name) {
    case "=":
      return { ordinal, min: value, max: value };
    case "<":
      return { ordinal, min: unbounded.min, max: value - 1n };
    case "<=":
      return { ordinal, min: unbounded.min, max: value };
    case ">":
      return { ordinal, min: value + 1n, max: unbounded.max };
    case ">=":
      return { ordinal, min: value, max: unbounded.max };
    default:
      return undefined;
  }
}

/** A constant in the form of a column's values. */
function constantFor(column: Expression, other: Expression): bigint | undefined {
  if (column.kind !== "boundReference" || other.kind !== "literal" || !isWhole(column.dataType)) return undefined;
  const type = typeOf(other);
  if (!isWhole(type) || scaleOf(type) !== scaleOf(column.dataType)) return undefined;
  if (typeof other.value === "bigint") return other.value;
  return typeof other.value === "number" && Number.isInteger(other.value) ? BigInt(other.value) : undefined;
}

/** Physical types whose values are compared many at once, by their bits. */
export const laneBits: Partial<Record<PhysicalType, bigint>> = { int8: 8n, int16: 16n, int32: 32n, int64: 64n };

/** An interval cut to what a column can hold: `all` when every value is inside, `none` when no value is. */
export function cutInterval({ ordinal, min, max }: ColumnInterval, { physical, range }: ColumnVector): ColumnInterval | "all" | "none" {
  const bits = laneBits[physical] ?? 64n;
  const own = range ?? { min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n };
  if (min <= own.min && max >= own.max) return "all";
  if (max < own.min || min > own.max || min > max) return "none";
  return { ordinal, min: min > own.min ? min : own.min, max: max < own.max ? max : own.max };
}
