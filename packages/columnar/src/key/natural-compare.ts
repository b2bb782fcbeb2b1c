import { columnarErrors } from "../errors.ts";
import { checkKeyDepth } from "./key-depth.ts";
import { classNameOf, isPlainArray, isPlainDate, isPlainObject, type PlainObject } from "../value/plain-value.ts";

const RANK_UNDEFINED = 0;
const RANK_NULL = 1;
const RANK_BOOLEAN = 2;
const RANK_NUMBER = 3;
const RANK_BIGINT = 4;
const RANK_STRING = 5;
const RANK_DATE = 6;
const RANK_TUPLE = 7;
const RANK_OBJECT = 8;

/**
 * A total order over keys: negative, zero or positive; zero exactly when `keyEquals`.
 *
 * - across types: undefined < null < booleans < numbers < bigints < strings < dates < tuples < plain objects
 * - false < true; numbers by value with -0 equal to 0 and NaN last; bigints by value
 * - strings by UTF-16 code unit (no locale); dates by time, invalid ones last
 * - tuples element by element, the shorter first when it is a prefix
 * - plain objects by their sorted field names, then by the values in that order
 *
 * @throws KEY_NOT_COMPARABLE for class instances, functions and symbols
 * @throws KEY_TOO_DEEP
 */
export function naturalCompare(a: unknown, b: unknown): number {
  return compareAt(a, b, 0);
}

function compareAt(a: unknown, b: unknown, depth: number): number {
  if (typeof a === "number" && typeof b === "number") return compareNumbers(a, b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return compareOthers(a, b, depth);
}

function compareOthers(a: unknown, b: unknown, depth: number): number {
  const rankA = rankOf(a);
  const rankB = rankOf(b);
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === "boolean") return Number(a) - Number(b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (isPlainArray(a) && isPlainArray(b)) return compareTuples(a, b, depth);
  if (isPlainObject(a) && isPlainObject(b)) return compareObjects(a, b, depth);
  if (isPlainDate(a) && isPlainDate(b)) return compareNumbers(a.getTime(), b.getTime());
  return 0;
}

function rankOf(key: unknown): number {
  switch (typeof key) {
    case "undefined":
      return RANK_UNDEFINED;
    case "boolean":
      return RANK_BOOLEAN;
    case "number":
      return RANK_NUMBER;
    case "bigint":
      return RANK_BIGINT;
    case "string":
      return RANK_STRING;
    default:
      if (key === null) return RANK_NULL;
      if (isPlainArray(key)) return RANK_TUPLE;
      if (isPlainObject(key)) return RANK_OBJECT;
      if (isPlainDate(key)) return RANK_DATE;
      throw columnarErrors.create("KEY_NOT_COMPARABLE", { className: classNameOf(key) });
  }
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareTuples(a: readonly unknown[], b: readonly unknown[], depth: number): number {
  checkKeyDepth(depth);
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const order = compareAt(a[at], b[at], depth + 1);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: PlainObject, b: PlainObject, depth: number): number {
  checkKeyDepth(depth);
  const namesA = Object.keys(a).toSorted(naturalCompare);
  const namesB = Object.keys(b).toSorted(naturalCompare);
  const order = compareTuples(namesA, namesB, depth);
  if (order !== 0) return order;
  for (const name of namesA) {
    const valueOrder = compareAt(a[name], b[name], depth + 1);
    if (valueOrder !== 0) return valueOrder;
  }
  return 0;
}
