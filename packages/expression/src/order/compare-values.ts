import { binaryCollation, MapValue, type DataType, type SQLValue } from "@vonk/columnar/internal";

import { byCodePoint, collationOf } from "../collation/collation.ts";

/** Orders two values that are not null: negative, zero, positive. */
export type Comparison = (a: SQLValue, b: SQLValue) => number;

/**
 * The order of a type's values, as ORDER BY and `<` have it. Strings are by their collation, without one by UTF-8 bytes, which is by code points; NaN is greater than
 * every number and equal to itself, -0 equals 0; null elements and fields come first.
 */
export function comparison(type: DataType): Comparison {
  switch (type.kind) {
    case "string":
      return textComparison(type.collation);
    case "char":
    case "varchar":
      return textComparison(binaryCollation);
    case "float":
    case "double":
      return compareDoubles;
    case "binary":
      return compareBytes;
    case "boolean":
      return (a, b) => Number(a) - Number(b);
    case "array":
      return arrayComparison(comparison(type.element));
    case "struct":
      return structComparison(type.fields.map((field) => comparison(field.dataType)));
    default:
      return comparePlain;
  }
}

function comparePlain(a: SQLValue, b: SQLValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  return 0;
}

function compareDoubles(a: SQLValue, b: SQLValue): number {
  const left = Number(a);
  const right = Number(b);
  if (left < right) return -1;
  if (left > right) return 1;
  if (left === right) return 0;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

function textComparison(collation: string): Comparison {
  if (collation === binaryCollation) return (a, b) => (typeof a === "string" && typeof b === "string" ? byCodePoint(a, b) : 0);
  const { key, compare } = collationOf(collation);
  return (a, b) => {
    if (a === b || typeof a !== "string" || typeof b !== "string" || key(a) === key(b)) return 0;
    return compare(a, b);
  };
}

function compareBytes(a: SQLValue, b: SQLValue): number {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : 0;
}

/** Nulls first, for what stands inside nested values. */
function nullable(compare: Comparison): Comparison {
  return (a, b) => (a === null || b === null ? Number(b === null) - Number(a === null) : compare(a, b));
}

function arrayComparison(element: Comparison): Comparison {
  const compare = nullable(element);
  return (a, b) => {
    if (!isList(a) || !isList(b)) return 0;
    const length = Math.min(a.length, b.length);
    for (let index = 0; index < length; index++) {
      const order = compare(a[index] ?? null, b[index] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  };
}

function structComparison(fields: readonly Comparison[]): Comparison {
  const compare = fields.map(nullable);
  return (a, b) => {
    if (!isList(a) || !isList(b)) return 0;
    for (const [index, field] of compare.entries()) {
      const order = field(a[index] ?? null, b[index] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** True for arrays and structs. */
export function isList(value: SQLValue): value is readonly SQLValue[] {
  return Array.isArray(value);
}

/**
 * A text that is equal for equal values and different for others, to group and join by. Of one type: values of two types may share a text.
 * Null has a text of its own, so that groups of null are one.
 */
export function keyText(value: SQLValue): string {
  if (value === null) return "n";
  switch (typeof value) {
    case "string":
      return `${value.length}:${value}`;
    case "number":
      return Object.is(value, -0) ? "0" : String(value);
    case "bigint":
      return value.toString();
    case "boolean":
      return value ? "t" : "f";
    default:
      break;
  }
  if (isList(value)) return `[${value.map(keyText).join(",")}]`;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex");
  if (value instanceof MapValue)
    return `{${value.keys
      .map((key, index) => `${keyText(key)}:${keyText(value.values[index] ?? null)}`)
      .sort()
      .join(",")}}`;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}
