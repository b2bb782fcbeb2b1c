import { intrinsicPath } from "./intrinsics.ts";
import { exportedValue } from "./known-modules.ts";
import { readFunction } from "./scope-reader.ts";
import { scriptUrl } from "./script-table.ts";
import { analyseSource } from "./source-analysis.ts";
import type { RefusalCode } from "./graph-encoder.ts";
import { className, withArticle } from "./value-path.ts";

/** Why instances with some prototype cannot be copied by their properties. */
export interface InstanceProblem {
  readonly code: RefusalCode;
  /** Words for the object: "a Socket". */
  readonly what: string;
}

const problems = new WeakMap<object, { readonly problem: InstanceProblem | undefined }>();

/** Bases whose own state is copied apart from the properties. */
const COPIED_BASES: ReadonlySet<string> = new Set(
  "Object Array Map Set Date RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError ArrayBuffer DataView Boolean Number String BigInt Symbol Function Iterator Buffer Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array"
    .split(" ")
    .map((name) => `${name}.prototype`),
);
/** Of these, the value cannot be copied although nothing is wrong with the process that holds it. */
const UNSENDABLE_BASES: ReadonlySet<string> = new Set(
  "Promise WeakMap WeakSet WeakRef FinalizationRegistry".split(" ").map((name) => `${name}.prototype`),
);

/** Walks a prototype chain once per prototype: native classes and classes with private fields cannot be rebuilt from properties. */
export function instanceProblem(prototype: object): InstanceProblem | undefined {
  let answer = problems.get(prototype);
  if (answer === undefined) problems.set(prototype, (answer = { problem: findProblem(prototype) }));
  return answer.problem;
}

function findProblem(first: object): InstanceProblem | undefined {
  const what = withArticle(makerOf(first)?.name || className(Object.create(first)) || "object");
  for (let prototype: object | null = first; prototype !== null; prototype = Reflect.getPrototypeOf(prototype)) {
    const path = intrinsicPath(prototype);
    if (path !== undefined) {
      if (COPIED_BASES.has(path) || path.startsWith("%TypedArray%")) continue;
      return { code: UNSENDABLE_BASES.has(path) ? "CLOSURE_UNSENDABLE_VALUE" : "CLOSURE_NATIVE_HANDLE", what };
    }
    const maker = makerOf(prototype);
    if (maker === undefined) continue;
    const text = Function.prototype.toString.call(maker);
    if (isNative(maker, text)) return { code: "CLOSURE_NATIVE_HANDLE", what };
    if (hasPrivateState(text)) return { code: "CLOSURE_PRIVATE_STATE", what: `is ${what}, whose class has private fields` };
  }
  return undefined;
}

const pure = new WeakMap<object, boolean>();

/**
 * True for a prototype whose chain has classes of users only, down to Object: its instances are copied by their properties, with no
 * need to ask the engine for each of them what it is. (Not so for a Map whose prototype was exchanged: that is not foreseen.)
 */
export function isPureClass(first: object): boolean {
  let answer = pure.get(first);
  if (answer === undefined) {
    answer = makerOf(first) !== undefined && instanceProblem(first) === undefined;
    for (let prototype: object | null = first; answer && prototype !== null; prototype = Reflect.getPrototypeOf(prototype)) {
      const path = intrinsicPath(prototype);
      if (path !== undefined && path !== "Object.prototype") answer = false;
    }
    pure.set(first, answer);
  }
  return answer;
}

function makerOf(prototype: object): Function | undefined {
  const maker: unknown = Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof maker === "function" && maker.prototype === prototype ? maker : undefined;
}

function isNative(maker: Function, text: string): boolean {
  if (text.endsWith("{ [native code] }")) return true;
  if (exportedValue(maker)?.url.startsWith("node:") === true) return true;
  const position = readFunction(maker)?.position;
  return position !== undefined && scriptUrl(position.scriptId).startsWith("node:");
}

/**
 * What compilers make of an instance's private names for old targets: entries of WeakMaps and WeakSets, written by the constructor.
 * In order: esbuild; Babel's and SWC's helpers; tsc, and what Babel wrote before it had helpers.
 */
const COMPILED_PRIVATES =
  /\b__privateAdd\d*\(this,|\b_?_class_?[pP]rivate_?(?:[fF]ield|[mM]ethod)_?[iI]nit(?:Spec)?\d*(?:\._\))?\(this,|\b_\w+_\w+\.(?:set\(this,|add\(this\))|\b_\w+\.(?:set\(this, ?\{|add\(this\))/;

function hasPrivateState(text: string): boolean {
  if (COMPILED_PRIVATES.test(text)) return true;
  if (!/#[\w$\u0080-\uffff\\]/.test(text)) return false;
  const analysis = analyseSource(text);
  return "problem" in analysis ? false : analysis.classShape?.instancePrivates === true;
}
