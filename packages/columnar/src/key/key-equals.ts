import { isPlainArray, isPlainDate, isPlainObject, type PlainObject } from "../value/plain-value.ts";

/**
 * True when two keys are equal by value: -0 equals 0, NaN equals NaN, dates by their time, tuples element by element,
 * plain objects field by field in any order. A number never equals a bigint, nor null undefined.
 * Class instances and functions are equal only to themselves.
 */
export function keyEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "number") return typeof b === "number" && Number.isNaN(a) && Number.isNaN(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isPlainArray(a)) return isPlainArray(b) && tuplesEqual(a, b);
  if (isPlainArray(b)) return false;
  if (isPlainObject(a)) return isPlainObject(b) && objectsEqual(a, b);
  return isPlainDate(a) && isPlainDate(b) && keyEquals(a.getTime(), b.getTime());
}

function tuplesEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    if (!keyEquals(a[at], b[at])) return false;
  }
  return true;
}

function objectsEqual(a: PlainObject, b: PlainObject): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(b, name) || !keyEquals(a[name], b[name])) return false;
  }
  return true;
}
