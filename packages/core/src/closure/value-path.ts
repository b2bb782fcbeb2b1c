/** One step from an object to a value in it: a property or element, or words for what has no name ("variable 'db'", "a Map key"). */
export type PathStep = string | number | symbol | { readonly words: string };

/** A key of a Map. */
export const MAP_KEY: PathStep = { words: "a Map key" };
/** A value of a Map. */
export const MAP_VALUE: PathStep = { words: "a Map value" };
/** An element of a Set. */
export const SET_ELEMENT: PathStep = { words: "a Set element" };
/** An object's prototype. */
export const PROTOTYPE: PathStep = { words: "its prototype" };
/** What a class extends. */
export const SUPERCLASS: PathStep = { words: "its superclass" };

/** `.pool`, `[3]`, `variable 'db'`: names and positions only, never values. */
export function stepText(step: PathStep): string {
  switch (typeof step) {
    case "number":
      return `[${step}]`;
    case "symbol":
      return `[${String(step)}]`;
    case "string":
      return /^[\w$]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    default:
      return step.words;
  }
}

/** `a Socket`, `an instance of class Point`: the kind of a value in words. */
export function kindText(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return withArticle(className(value) ?? "null-prototype object");
}

/** `a Socket`, `an Account`. */
export function withArticle(name: string): string {
  return `${/^[AEIOUaeiou]/.test(name) ? "an" : "a"} ${name}`;
}

/** The name of the nearest tag or constructor on the prototype chain, read without running getters: `Array Iterator`, `Socket`. */
export function className(value: object): string | undefined {
  for (let prototype = Reflect.getPrototypeOf(value); prototype !== null; prototype = Reflect.getPrototypeOf(prototype)) {
    const tag: unknown = Reflect.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value;
    if (typeof tag === "string" && tag !== "") return tag;
    const maker: unknown = Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    if (typeof maker === "function" && maker.name !== "") return maker.name;
  }
  return undefined;
}
