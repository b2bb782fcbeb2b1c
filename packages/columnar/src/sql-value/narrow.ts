import { assert } from "@vonk/common/internal";
import type { SQLValue } from "./sql-value.ts";

/** A value whose column is text. The type stands in the schema, so anything else is a bug of ours; so it is with the others here. */
export function asText(value: SQLValue | undefined): string {
  assert(typeof value === "string", "a value of a text column is a string");
  return value;
}

/** A value of BIGINT, DECIMAL, TIMESTAMP, TIME or INTERVAL DAY TO SECOND. */
export function asBigint(value: SQLValue | undefined): bigint {
  assert(typeof value === "bigint", "a value of a 64-bit or decimal column is a bigint");
  return value;
}

/** A value of a smaller integer, a floating-point, DATE or INTERVAL YEAR TO MONTH column. */
export function asNumber(value: SQLValue | undefined): number {
  assert(typeof value === "number", "a value of a number column is a number");
  return value;
}

/** A value of BINARY. */
export function asBytes(value: SQLValue | undefined): Uint8Array {
  assert(value instanceof Uint8Array, "a value of a binary column is bytes");
  return value;
}

/** The elements of an array or the fields of a struct. */
export function asList(value: SQLValue | undefined): readonly SQLValue[] {
  assert(Array.isArray(value), "a value of an array or struct column is a list");
  return value;
}
