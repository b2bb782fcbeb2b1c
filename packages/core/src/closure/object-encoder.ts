import {
  isAnyArrayBuffer,
  isArgumentsObject,
  isBoxedPrimitive,
  isDate,
  isExternal,
  isGeneratorObject,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isSharedArrayBuffer,
  isWeakMap,
  isWeakSet,
} from "node:util/types";
import { instanceProblem, isPureClass } from "./instance-plan.ts";
import type { GraphEncoder, RefusalCode } from "./graph-encoder.ts";
import { intrinsicPath } from "./intrinsics.ts";
import { kindText, MAP_KEY, MAP_VALUE, PROTOTYPE, SET_ELEMENT, type PathStep } from "./value-path.ts";
import { Decoration, PLATFORM_CLASSES, PropertyBit, Tag, VIEW_CLASSES } from "./wire-format.ts";

/** How the contents of an object are written. */
export type FillKind = "properties" | "array" | "map" | "set" | "extras" | "function" | "prototype";

/** A method that gives `{ kind, data }` to travel in an object's place. */
const REPLACE: unique symbol = Symbol.for("vonk.closure.replace");
/** A sentence: why an object never travels, and the way out. */
const REFUSE: unique symbol = Symbol.for("vonk.closure.refuse");
/** The error code of the refusal: RDD_IN_CLOSURE or CONTEXT_IN_CLOSURE. */
const REFUSE_CODE: unique symbol = Symbol.for("vonk.closure.refuseCode");

/** Writes what is needed to create an object that is not a function. */
export function createObject(encoder: GraphEncoder, value: object, step: PathStep): void {
  if (isProxy(value)) throw encoder.refusal("CLOSURE_UNSENDABLE_VALUE", [step], { what: "a Proxy" });
  const prototype = Reflect.getPrototypeOf(value);
  if (prototype === Object.prototype && !(REFUSE in value) && !(REPLACE in value) && isOrdinary(value))
    return createPlain(encoder, value, step);
  if (createByHook(encoder, value, step)) return;
  const maker = makerOf(value);
  if (maker !== undefined) return createPrototypeOf(encoder, value, maker, step);
  encoder.noteMutable();
  if (prototype !== null && isPureClass(prototype)) return createOrdinary(encoder, value, prototype, step);
  if (createPlatform(encoder, value, prototype, step)) return;
  const exotic = exoticKind(value);
  if (exotic === "unsendable") throw unsendable(encoder, value, step);
  if (exotic !== undefined) return createExotic(encoder, value, prototype, exotic, step);
  createOrdinary(encoder, value, prototype, step);
}

/** Objects of the common kind, told from exotic ones (an arguments object, a namespace) that also inherit from Object. */
function isOrdinary(value: object): boolean {
  return !isArgumentsObject(value) && !isModuleNamespaceObject(value) && !isExternal(value) && makerOf(value) === undefined;
}

/** The function or class whose `prototype` an object is. */
function makerOf(value: object): Function | undefined {
  if (!Object.hasOwn(value, "constructor")) return undefined;
  const maker: unknown = Reflect.getOwnPropertyDescriptor(value, "constructor")?.value;
  return typeof maker === "function" && maker.prototype === value ? maker : undefined;
}

function createPlain(encoder: GraphEncoder, value: object, step: PathStep): void {
  encoder.noteMutable();
  const sealing = sealingOf(value);
  if (sealing !== 0) {
    encoder.writer.byte(Tag.decorated);
    encoder.writer.byte(sealing);
  }
  encoder.writer.byte(Tag.object);
  encoder.register(value);
  encoder.queue(value, "properties", step);
}

function sealingOf(value: object): number {
  if (Object.isExtensible(value)) return 0;
  return Object.isFrozen(value) ? Decoration.frozen : Decoration.sealed;
}

/** The engine's own objects say what travels in their place, or why nothing does. True when the object has been written. */
export function createByHook(encoder: GraphEncoder, value: object, step: PathStep): boolean {
  if (REFUSE in value) {
    const code: unknown = Reflect.get(value, REFUSE_CODE);
    throw encoder.refusal(refusalCode(code), [step], { what: kindText(value), reason: String(Reflect.get(value, REFUSE)) });
  }
  if (!(REPLACE in value)) return false;
  const replace: unknown = Reflect.get(value, REPLACE);
  if (typeof replace !== "function") return false;
  const replacement: unknown = Reflect.apply(replace, value, []);
  if (typeof replacement !== "object" || replacement === null || !("kind" in replacement) || !("data" in replacement)) return false;
  const data = encoder.nested([replacement.data], step);
  if (data === undefined) return false;
  encoder.noteMutable();
  encoder.writer.byte(Tag.replaced);
  encoder.writer.string(String(replacement.kind));
  encoder.writer.block(data);
  encoder.register(value);
  return true;
}

function refusalCode(code: unknown): RefusalCode {
  return code === "RDD_IN_CLOSURE" || code === "CONTEXT_IN_CLOSURE" ? code : "CLOSURE_REFUSED";
}

type Exotic = "array" | "map" | "set" | "date" | "regexp" | "error" | "buffer" | "view" | "boxed" | "arguments";

function exoticKind(value: object): Exotic | "unsendable" | undefined {
  if (Array.isArray(value)) return "array";
  if (ArrayBuffer.isView(value)) return isSharedArrayBuffer(value.buffer) ? "unsendable" : "view";
  if (isMap(value)) return "map";
  if (isSet(value)) return "set";
  if (isDate(value)) return "date";
  if (isRegExp(value)) return "regexp";
  if (isNativeError(value)) return "error";
  if (isAnyArrayBuffer(value)) return isSharedArrayBuffer(value) ? "unsendable" : "buffer";
  if (isBoxedPrimitive(value)) return "boxed";
  if (isArgumentsObject(value)) return "arguments";
  if (isPromise(value) || isWeakMap(value) || isWeakSet(value) || isGeneratorObject(value) || isMapIterator(value) || isSetIterator(value))
    return "unsendable";
  if (isExternal(value) || isModuleNamespaceObject(value) || value instanceof WeakRef) return "unsendable";
  return undefined;
}

function unsendable(encoder: GraphEncoder, value: object, step: PathStep): Error {
  const what = isModuleNamespaceObject(value) ? "a module that this process alone has loaded" : kindText(value);
  return encoder.refusal("CLOSURE_UNSENDABLE_VALUE", [step], { what });
}

const BASE_PATHS: Readonly<Record<Exotic, readonly string[]>> = {
  array: ["Array.prototype"],
  map: ["Map.prototype"],
  set: ["Set.prototype"],
  date: ["Date.prototype"],
  regexp: ["RegExp.prototype"],
  error: ["Error.prototype"],
  buffer: ["ArrayBuffer.prototype"],
  view: VIEW_CLASSES.map((name) => `${name}.prototype`),
  boxed: ["Number.prototype", "String.prototype", "Boolean.prototype", "BigInt.prototype", "Symbol.prototype"],
  arguments: ["Object.prototype"],
};

function createExotic(encoder: GraphEncoder, value: object, prototype: object | null, kind: Exotic, step: PathStep): void {
  const path = prototype === null ? undefined : intrinsicPath(prototype);
  const custom = path === undefined || !BASE_PATHS[kind].includes(path);
  const extras = extraKeys(value, kind).length > 0;
  const sealing = kind === "view" || kind === "buffer" ? 0 : sealingOf(value);
  if (custom || extras || sealing !== 0) {
    encoder.writer.byte(Tag.decorated);
    encoder.writer.byte((custom ? Decoration.prototype : 0) | (extras ? Decoration.properties : 0) | sealing);
    if (custom) createPrototype(encoder, prototype, step);
  }
  writeExotic(encoder, value, kind, step);
  if (extras) encoder.queue(value, "extras", step);
}

function createPrototype(encoder: GraphEncoder, prototype: object | null, step: PathStep): void {
  if (prototype !== null) {
    const problem = instanceProblem(prototype);
    if (problem !== undefined) throw encoder.refusal(problem.code, [step], { what: problem.what });
  }
  encoder.create(prototype, { words: `${stepWords(step)}the prototype of ${prototype === null ? "an object" : "a class instance"}` });
}

function stepWords(step: PathStep): string {
  return typeof step === "object" && step.words !== "" ? `${step.words} -> ` : "";
}

function writeExotic(encoder: GraphEncoder, value: object, kind: Exotic, step: PathStep): void {
  const { writer } = encoder;
  if (Array.isArray(value)) {
    writer.byte(Tag.array);
    writer.varint(value.length);
    encoder.register(value);
    return encoder.queue(value, "array", step);
  }
  if (ArrayBuffer.isView(value)) return writeView(encoder, value, step);
  if (kind === "map" || kind === "set") {
    writer.byte(kind === "map" ? Tag.map : Tag.set);
    encoder.register(value);
    return encoder.queue(value, kind, step);
  }
  if (isDate(value)) {
    writer.byte(Tag.date);
    writer.double(Date.prototype.getTime.call(value));
  } else if (isRegExp(value)) {
    writer.byte(Tag.regexp);
    writer.string(value.source);
    writer.string(value.flags);
    writer.varint(value.lastIndex);
  } else if (isNativeError(value)) writer.byte(Tag.error);
  else if (isAnyArrayBuffer(value)) {
    writer.byte(Tag.buffer);
    const bytes = new Uint8Array(value);
    writer.varint(value instanceof ArrayBuffer && value.resizable ? value.maxByteLength + 1 : 0);
    writer.block(bytes);
  } else if (isBoxedPrimitive(value)) {
    writer.byte(Tag.boxed);
    encoder.create(value.valueOf(), step);
  } else if (isArgumentsObject(value)) {
    writer.byte(Tag.arguments);
    const items: unknown[] = Array.prototype.slice.call(value);
    writer.varint(items.length);
    for (const [index, item] of items.entries()) encoder.create(item, index);
  }
  encoder.register(value);
}

/** A view that covers its whole buffer keeps it (two such views stay connected); any other travels as the bytes that it shows. */
function writeView(encoder: GraphEncoder, view: ArrayBufferView, step: PathStep): void {
  const { writer } = encoder;
  const tag: unknown = Reflect.get(view, Symbol.toStringTag);
  const name = Buffer.isBuffer(view) ? "Buffer" : view instanceof DataView ? "DataView" : String(tag);
  const whole = name !== "Buffer" && view.byteLength === view.buffer.byteLength;
  writer.byte(Tag.view);
  writer.byte(VIEW_CLASSES.findIndex((known) => known === name));
  writer.byte(whole ? 1 : 0);
  if (whole) encoder.create(view.buffer, step);
  else writer.block(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  encoder.register(view);
}

const PLATFORM_INDEXES: ReadonlyMap<string, number> = new Map(PLATFORM_CLASSES.map((name, index) => [`${name}.prototype`, index]));

function createPlatform(encoder: GraphEncoder, value: object, prototype: object | null, step: PathStep): boolean {
  const path = prototype === null ? undefined : intrinsicPath(prototype);
  const index = path === undefined ? undefined : PLATFORM_INDEXES.get(path);
  if (index === undefined) return false;
  encoder.writer.byte(Tag.platform);
  encoder.writer.byte(index);
  const words = platformWords(value);
  encoder.writer.byte(words.length);
  for (const word of words) encoder.create(word, step);
  encoder.register(value);
  return true;
}

function platformWords(value: object): readonly unknown[] {
  if (value instanceof TextDecoder) return [value.encoding, value.fatal, value.ignoreBOM];
  return value instanceof URL || value instanceof URLSearchParams ? [value.toString()] : [];
}

function createOrdinary(encoder: GraphEncoder, value: object, prototype: object | null, step: PathStep): void {
  if (prototype !== null && intrinsicPath(prototype) === "Object.prototype") return createPlain(encoder, value, step);
  if (prototype !== null) {
    const problem = instanceProblem(prototype);
    if (problem !== undefined) {
      if (encoder.tryLazyIntrinsic(value)) return;
      throw encoder.refusal(problem.code, [step], { what: problem.what });
    }
  }
  const sealing = sealingOf(value);
  if (sealing !== 0) {
    encoder.writer.byte(Tag.decorated);
    encoder.writer.byte(sealing);
  }
  if (prototype === null) encoder.writer.byte(Tag.nullObject);
  else {
    encoder.writer.byte(Tag.instance);
    encoder.create(prototype, step);
  }
  encoder.register(value);
  encoder.queue(value, "properties", step);
}

/** The `prototype` of a function or class travels as that: only what was added to it from outside is written. */
function createPrototypeOf(encoder: GraphEncoder, value: object, maker: Function, step: PathStep): void {
  const problem = instanceProblem(value);
  if (problem !== undefined) throw encoder.refusal(problem.code, [step], { what: problem.what });
  encoder.writer.byte(Tag.prototype);
  encoder.create(maker, step);
  const byValue = encoder.plans.has(maker);
  encoder.writer.byte(byValue ? 1 : 0);
  encoder.register(value);
  if (byValue) encoder.queue(value, "prototype", step);
}

/** Writes the contents of an object. */
export function fillObject(encoder: GraphEncoder, value: object, kind: FillKind): void {
  switch (kind) {
    case "array":
      return fillArray(encoder, value);
    case "map":
      return fillMap(encoder, value);
    case "set":
      return fillSet(encoder, value);
    case "extras":
      return writeProperties(encoder, value, extraKeys(value, exoticOf(value)));
    default:
      return fillProperties(encoder, value);
  }
}

function exoticOf(value: object): Exotic | undefined {
  const kind = exoticKind(value);
  return kind === "unsendable" ? undefined : kind;
}

function fillArray(encoder: GraphEncoder, value: object): void {
  if (!Array.isArray(value)) return;
  for (let index = 0; index < value.length; index++) {
    const item: unknown = value[index];
    if (item === undefined && !(index in value)) encoder.writer.byte(Tag.hole);
    else encoder.create(item, index);
  }
}

function fillMap(encoder: GraphEncoder, value: object): void {
  if (!isMap(value)) return;
  encoder.writer.varint(value.size);
  const entries: IterableIterator<[unknown, unknown]> = Map.prototype.entries.call(value);
  for (const [key, item] of entries) {
    encoder.create(key, MAP_KEY);
    encoder.create(item, typeof key === "string" ? { words: `the Map value of a string key` } : MAP_VALUE);
  }
}

function fillSet(encoder: GraphEncoder, value: object): void {
  if (!isSet(value)) return;
  encoder.writer.varint(value.size);
  const items: IterableIterator<unknown> = Set.prototype.values.call(value);
  for (const item of items) encoder.create(item, SET_ELEMENT);
}

/** Own keys of an exotic object beyond those that its kind has by itself. */
function extraKeys(value: object, kind: Exotic | undefined): (string | symbol)[] {
  if (kind === "view" && !Buffer.isBuffer(value) && value instanceof DataView) return Reflect.ownKeys(value);
  const keys = kind === "array" || kind === "view" || kind === "arguments" ? nonIndexKeys(value) : Reflect.ownKeys(value);
  switch (kind) {
    case "array":
      return keys.filter((key) => key !== "length");
    case "arguments":
      return keys.filter((key) => key !== "length" && key !== "callee" && key !== Symbol.iterator);
    case "regexp":
      return keys.filter((key) => key !== "lastIndex");
    case "boxed":
      return keys.filter((key) => typeof key === "symbol" || (key !== "length" && !isIndex(key)));
    default:
      return keys;
  }
}

/** Own keys that are not indexes; a long dense array is not asked for all of its keys. */
function nonIndexKeys(value: object): (string | symbol)[] {
  if (ArrayBuffer.isView(value))
    return value.byteLength > LONG_VIEW ? [] : Reflect.ownKeys(value).filter((key) => typeof key === "symbol" || !isIndex(key));
  const symbols = Object.getOwnPropertySymbols(value);
  const names = Object.getOwnPropertyNames(value);
  const found: (string | symbol)[] = symbols;
  // Index keys come first in the order of keys: walk back from the end.
  for (let at = names.length - 1; at >= 0; at--) {
    const name = names[at];
    if (name === undefined || isIndex(name)) break;
    found.unshift(name);
  }
  return found;
}

const LONG_VIEW = 4_096;

function isIndex(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 48 && code <= 57 && String(Number(key) >>> 0) === key;
}

/** Ordinary properties are written under their shape (the list of names); anything unusual property by property. */
function fillProperties(encoder: GraphEncoder, value: object): void {
  const keys = ordinaryKeys(value);
  if (keys === undefined) {
    encoder.writer.varint(0);
    return writeProperties(encoder, value, Reflect.ownKeys(value));
  }
  const shape = encoder.shape(keys);
  encoder.writer.varint(shape.index + 1);
  if (shape.isNew) {
    encoder.writer.varint(keys.length);
    for (const key of keys) encoder.writer.string(key);
  }
  for (const key of keys) encoder.create(Reflect.get(value, key), key);
}

/** The own names of an object all of whose properties are enumerable data (writable and configurable, or frozen); else undefined. */
function ordinaryKeys(value: object): string[] | undefined {
  const keys = Object.keys(value);
  if (Reflect.ownKeys(value).length !== keys.length) return undefined;
  const frozen = !Object.isExtensible(value) && Object.isFrozen(value);
  for (const key of keys) {
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined || descriptor.get !== undefined || descriptor.set !== undefined) return undefined;
    if (!frozen && !(descriptor.writable === true && descriptor.configurable === true)) return undefined;
  }
  return keys;
}

/** Writes properties one by one with their attributes; accessors as their functions. */
export function writeProperties(encoder: GraphEncoder, value: object, keys: readonly (string | symbol)[]): void {
  const { writer } = encoder;
  writer.varint(keys.length);
  for (const key of keys) {
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key) ?? {};
    const bits =
      (descriptor.enumerable === true ? PropertyBit.enumerable : 0) | (descriptor.configurable === true ? PropertyBit.configurable : 0);
    encoder.create(key, PROTOTYPE);
    if (key === "stack" && isNativeError(value)) {
      writer.byte(PropertyBit.writable | PropertyBit.configurable);
      encoder.create(String(value.stack), key);
    } else if (descriptor.get !== undefined || descriptor.set !== undefined) {
      writer.byte(bits | PropertyBit.accessor);
      encoder.create(descriptor.get, key);
      encoder.create(descriptor.set, key);
    } else {
      writer.byte(bits | (descriptor.writable === true ? PropertyBit.writable : 0));
      encoder.create(descriptor.value, key);
    }
  }
}
