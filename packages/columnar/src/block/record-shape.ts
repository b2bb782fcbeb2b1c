/**
 * What the records of a batch have in common, found by looking at them.
 *
 *   none -> number | string | boolean | bigint | date | tuple | object | list -> any
 *
 * `merge` goes up: a tuple of another length makes a list, any other disagreement makes `any`. null and undefined are flags beside the kind.
 */
import { isPlainArray, isPlainDate, isPlainObject, type PlainObject } from "../value/plain-value.ts";

// Arrays up to this length are columns by position, longer ones are lists.
const TUPLE_LENGTH_MAX = 8;
// Listing the keys of an array makes a string for each element.
const KEYS_LISTED_MAX = 64;
// Columns within columns are read and written by recursion; deeper records, and those that hold themselves, have no column form.
const NESTING_MAX = 64;

/** The common form of the values met at one place of the records. */
export interface RecordShape {
  readonly kind: "none" | "number" | "string" | "boolean" | "bigint" | "date" | "tuple" | "object" | "list" | "any";
  readonly nullable: boolean;
  readonly undefinable: boolean;
  /** Field names of an object, in order. */
  readonly names: readonly string[];
  /** Of a tuple or an object: a shape for each place. Of a list: that of the elements, `number` when all are numbers, else `none` or `any`. */
  readonly fields: readonly RecordShape[];
  /** Objects without a prototype. */
  readonly bare: boolean;
}

const base: RecordShape = { kind: "none", nullable: false, undefinable: false, names: [], fields: [], bare: false };
// One object for each shape without parts, so that merging two of them is a comparison.
const leaf = {
  number: { ...base, kind: "number" },
  string: { ...base, kind: "string" },
  boolean: { ...base, kind: "boolean" },
  bigint: { ...base, kind: "bigint" },
  date: { ...base, kind: "date" },
  null: { ...base, nullable: true },
  undefined: { ...base, undefinable: true },
} satisfies Record<string, RecordShape>;

// Lists of numbers are common (vectors) and have a column of their own while filling; all others are looked at once they are flat.
const listOf = {
  none: { ...base, kind: "list", fields: [base] },
  number: { ...base, kind: "list", fields: [leaf.number] },
  any: { ...base, kind: "list", fields: [{ ...base, kind: "any" }] },
} satisfies Record<string, RecordShape>;

/** The shape of no value at all. */
export const emptyShape: RecordShape = base;

/** The shape that takes every value. */
export const anyShape: RecordShape = { ...base, kind: "any" };

/** Thrown when values are nested too deeply for columns. */
export const tooDeep: unique symbol = Symbol("too deep");

/** Throws {@link tooDeep} below the deepest level that columns may have. */
export function checkNesting(depth: number): void {
  // oxlint-disable-next-line typescript/only-throw-error -- never leaves encodeBlock(), and a stack trace would cost more than the look at the record
  if (depth > NESTING_MAX) throw tooDeep;
}

/** The shape of one value; strict: accessors, symbol keys, holes and extra properties make `any`. Throws {@link tooDeep}. */
export function shapeOf(value: unknown, depth = 0): RecordShape {
  if (value === null) return leaf.null;
  const type = typeof value;
  if (type === "function" || type === "symbol") return anyShape;
  if (type !== "object") return leaf[type];
  if (isPlainArray(value)) return shapeOfArray(value, depth);
  if (isPlainObject(value)) return shapeOfObject(value, depth);
  return isPlainDate(value) ? leaf.date : anyShape;
}

/** The least shape that takes the values of both. */
export function mergeShapes(a: RecordShape, b: RecordShape): RecordShape {
  if (a === b) return a;
  const nullable = a.nullable || b.nullable;
  const undefinable = a.undefinable || b.undefinable;
  const merged = mergeKinds(a, b);
  return merged.nullable === nullable && merged.undefinable === undefinable ? merged : { ...merged, nullable, undefinable };
}

/** True when the array has all its elements and nothing beside them. Of long arrays only holes and the properties of a match result are looked for. */
export function isDenseArray(array: readonly unknown[]): boolean {
  if (array.length > KEYS_LISTED_MAX) return !("index" in array) && !hasHole(array);
  return Object.keys(array).length === array.length && Object.getOwnPropertySymbols(array).length === 0;
}

/** True when all properties are enumerable values under string names. */
export function hasOnlyValues(object: PlainObject): boolean {
  if (Reflect.ownKeys(object).length !== Object.keys(object).length) return false;
  for (const name of Object.keys(object)) {
    // A value is described by `value`, an accessor by `get` and `set`.
    if (Object.getOwnPropertyDescriptor(object, name)?.writable === undefined) return false;
  }
  return true;
}

function hasHole(array: readonly unknown[]): boolean {
  for (let at = 0; at < array.length; at++) {
    if (array[at] === undefined && !(at in array)) return true;
  }
  return false;
}

function shapeOfArray(array: readonly unknown[], depth: number): RecordShape {
  checkNesting(depth);
  if (!isDenseArray(array)) return anyShape;
  if (array.length === 0 || array.length > TUPLE_LENGTH_MAX) return listOf[elementKind(array)];
  return {
    kind: "tuple",
    nullable: false,
    undefinable: false,
    names: base.names,
    fields: array.map((element) => shapeOf(element, depth + 1)),
    bare: false,
  };
}

function shapeOfObject(object: PlainObject, depth: number): RecordShape {
  checkNesting(depth);
  if (!hasOnlyValues(object)) return anyShape;
  const names = Object.keys(object);
  const fields = names.map((name) => shapeOf(object[name], depth + 1));
  return { kind: "object", nullable: false, undefinable: false, names, fields, bare: Object.getPrototypeOf(object) === null };
}

function mergeKinds(a: RecordShape, b: RecordShape): RecordShape {
  if (a.kind === "none") return b;
  if (b.kind === "none") return a;
  if (a.kind !== b.kind) return isArrayKind(a) && isArrayKind(b) ? mergeLists(a, b) : anyShape;
  if (a.kind === "tuple") return a.fields.length === b.fields.length ? mergeFields(a, b) : mergeLists(a, b);
  if (a.kind === "list") return mergeLists(a, b);
  if (a.kind !== "object") return a;
  const same = a.bare === b.bare && a.names.length === b.names.length && a.names.every((name, at) => name === b.names[at]);
  return same ? mergeFields(a, b) : anyShape;
}

function mergeLists(a: RecordShape, b: RecordShape): RecordShape {
  const fields = [...a.fields, ...b.fields].filter((field) => field !== base);
  if (fields.length === 0) return listOf.none;
  return fields.every((field) => field === leaf.number) ? listOf.number : listOf.any;
}

function elementKind(array: readonly unknown[]): "none" | "number" | "any" {
  if (array.length === 0) return "none";
  return array.every((element) => typeof element === "number") ? "number" : "any";
}

function mergeFields(a: RecordShape, b: RecordShape): RecordShape {
  const fields = a.fields.map((field, at) => mergeShapes(field, b.fields[at] ?? emptyShape));
  return fields.every((field, at) => field === a.fields[at]) ? a : { ...a, fields };
}

function isArrayKind(shape: RecordShape): boolean {
  return shape.kind === "tuple" || shape.kind === "list";
}
