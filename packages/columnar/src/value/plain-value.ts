/** A plain object as the codecs and keys see it. */
export type PlainObject = Readonly<Record<string, unknown>>;

/** True for object literals of any realm and for objects without a prototype; false for arrays, class instances and null. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignObjectPrototype(prototype);
}

/** True for arrays made by a literal or by `Array` of any realm; false for subclasses of `Array`. */
export function isPlainArray(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Array.prototype || Array.isArray(prototype);
}

/** True for dates of any realm, not for subclasses of `Date`. */
export function isPlainDate(value: unknown): value is Date {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return value instanceof Date && isDateByBrand(value);
  return isForeignDatePrototype(prototype) && isDateByBrand(value);
}

/** The class of a value as an error message names it: `Point`, `Map`, `function`, `symbol`, `null`. */
export function classNameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || typeof prototype !== "object") return "Object without a prototype";
  const constructor: unknown = Reflect.get(prototype, "constructor");
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "an unnamed class";
}

function isForeignObjectPrototype(prototype: unknown): boolean {
  // Object.prototype of another realm is the end of its chain and owns the methods that a null-prototype object lacks.
  return (
    typeof prototype === "object" &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "isPrototypeOf")
  );
}

function isForeignDatePrototype(prototype: unknown): boolean {
  // Date.prototype of a realm hangs directly below its Object.prototype; that of a subclass lies one deeper.
  if (typeof prototype !== "object" || prototype === null || !Object.hasOwn(prototype, "getTime")) return false;
  return isForeignObjectPrototype(Object.getPrototypeOf(prototype));
}

function isDateByBrand(value: object): boolean {
  // getTime throws on everything that lacks the internal slot, such as Object.create(Date.prototype).
  try {
    Date.prototype.getTime.call(value);
    return true;
  } catch {
    return false;
  }
}
