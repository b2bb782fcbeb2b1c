import type { DataType, SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";

/** A comparison that has its like with the sides exchanged. */
export type Operator = "=" | "<" | "<=" | ">" | ">=";

/** Decimal digits of an exact number, before its point and behind it; undefined for other types. */
function digitsOf(type: DataType): { readonly whole: number; readonly scale: number } | undefined {
  switch (type.kind) {
    case "byte":
      return { whole: 3, scale: 0 };
    case "short":
      return { whole: 5, scale: 0 };
    case "integer":
      return { whole: 10, scale: 0 };
    case "long":
      return { whole: 19, scale: 0 };
    case "decimal":
      return { whole: type.precision - type.scale, scale: type.scale };
    default:
      return undefined;
  }
}

/** Whether a cast keeps every value of a number as it is. */
export function isExactCast(from: DataType, to: DataType): boolean {
  const [before, after] = [digitsOf(from), digitsOf(to)];
  return before !== undefined && after !== undefined && before.whole <= after.whole && before.scale <= after.scale;
}

/**
 * The comparison of a column itself that says the same as one of its values cast without loss. Undefined when it never holds: no value of the column
 * equals a constant with more digits.
 */
export function exactComparison(
  columnType: DataType,
  comparedType: DataType,
  operator: Operator,
  value: SQLValue,
): { readonly operator: Operator; readonly value: SQLValue } | undefined {
  const [column, compared] = [digitsOf(columnType), digitsOf(comparedType)];
  assert(column !== undefined && compared !== undefined, "casts without loss are of exact numbers");
  assert(typeof value === "bigint" || typeof value === "number", "an exact number is an integer of units");
  const units = BigInt(value);
  const factor = 10n ** BigInt(compared.scale - column.scale);
  const rest = ((units % factor) + factor) % factor;
  if (rest !== 0n && operator === "=") return undefined;
  // Up to the next value of the column for what is to be below it, or at least as much.
  const isUp = rest !== 0n && (operator === "<" || operator === ">=");
  const exact = (units - rest) / factor + (isUp ? 1n : 0n);
  return { operator, value: columnType.kind === "long" || columnType.kind === "decimal" ? exact : Number(exact) };
}
