import type { ByteReader } from "./byte-reader.ts";
import { closureErrors } from "./closure-errors.ts";
import type { CompiledSection } from "./code-section.ts";
import { reboundName, type FactoryCache, type FunctionFactory, type FunctionInstance } from "./function-factory.ts";
import { intrinsicAt } from "./intrinsics.ts";
import { exportOf } from "./known-modules.ts";
import type { ModuleLoader } from "./module-loader.ts";
import { internClass, internedClass, rebuiltFunctions, rebuiltReferences } from "./rebuilt-functions.ts";
import { type ApplicationPlace, fromPortableUrl } from "./application-url.ts";
import {
  CodeBit,
  Decoration,
  FunctionBit,
  PLATFORM_CLASSES,
  PropertyBit,
  REBOUND_NAMES,
  Tag,
  VIEW_CLASSES,
  type CodeBlock,
} from "./wire-format.ts";

/** What a decoder takes from around it. */
export interface DecodeContext {
  readonly place: ApplicationPlace;
  readonly modules: ModuleLoader;
  readonly factories: FactoryCache;
  readonly revivers: Readonly<Record<string, (data: unknown) => unknown>>;
  /** Decodes a payload inside this one. */
  readonly nested: (bytes: Uint8Array) => unknown[];
}

/** How the contents of an object are read; the mirror of the encoder's queue. */
type FillKind = "properties" | "array" | "map" | "set" | "extras" | "function" | "prototype";

/** What stands where a function is created. */
interface FunctionParts {
  readonly block: CodeBlock;
  readonly factory: FunctionFactory;
  readonly superclass: unknown;
  readonly computedNames: readonly unknown[];
  readonly outerArguments: readonly unknown[];
}

/** The root function while its variables are read; it has an instance when one of them needed it. */
interface PendingRoot {
  readonly number: number;
  readonly parts: FunctionParts;
  instance: FunctionInstance | undefined;
}

const NONE: readonly never[] = [];

/** Rebuilds the values of one payload, each object anew. */
export class GraphDecoder {
  readonly #reader: ByteReader;
  readonly #section: CompiledSection;
  readonly #context: DecodeContext;
  readonly #objects: unknown[] = [];
  readonly #queue: object[] = [];
  readonly #kinds: FillKind[] = [];
  // Most payloads have none of these, and a thread decodes a closure seldom enough for each empty list to show.
  #shapes: (readonly string[])[] | undefined;
  #sealed: { readonly value: object; readonly frozen: boolean }[] | undefined;
  #pending: PendingRoot | undefined;
  #instances: Map<object, { readonly block: CodeBlock; readonly instance: FunctionInstance }> | undefined;

  constructor(reader: ByteReader, section: CompiledSection, context: DecodeContext) {
    this.#reader = reader;
    this.#section = section;
    this.#context = context;
  }

  decode(): unknown[] {
    const roots: unknown[] = [];
    const count = this.#reader.varint();
    if (count === 1) roots.push(this.#createOnlyRoot());
    else for (let left = count; left > 0; left--) roots.push(this.#create());
    for (let at = 0; at < this.#queue.length; at++) {
      const value = this.#queue[at];
      const kind = this.#kinds[at];
      if (value !== undefined && kind !== undefined) this.#fill(value, kind);
    }
    if (this.#sealed !== undefined) seal(this.#sealed);
    return roots;
  }

  #register<Value>(value: Value): Value {
    this.#objects.push(value);
    return value;
  }

  #queued<Value extends object>(value: Value, kind: FillKind): Value {
    this.#objects.push(value);
    this.#queue.push(value);
    this.#kinds.push(kind);
    return value;
  }

  #create(): unknown {
    const reader = this.#reader;
    const tag = reader.byte();
    switch (tag) {
      case Tag.undefined:
      case Tag.hole:
        return undefined;
      case Tag.null:
        return null;
      case Tag.true:
        return true;
      case Tag.false:
        return false;
      case Tag.integer:
        return reader.integer();
      case Tag.double:
        return reader.double();
      case Tag.string:
        return reader.string();
      case Tag.reference:
        return this.#referenced(reader.varint());
      case Tag.object:
        return this.#queued({}, "properties");
      case Tag.array:
        return this.#queued(newArray(reader.varint()), "array");
      case Tag.instance: {
        const prototype = this.#create();
        return this.#queued(Object.create(isObject(prototype) ? prototype : null), "properties");
      }
      case Tag.function:
      case Tag.class:
        return this.#createFunction();
      case Tag.bigint: {
        const text = reader.string();
        return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
      }
      case Tag.registeredSymbol:
        return Symbol.for(reader.string());
      case Tag.wellKnownSymbol:
        return Reflect.get(Symbol, reader.string());
      case Tag.uniqueSymbol: {
        const described = reader.byte() === 1;
        const text = reader.string();
        return this.#register(described ? Symbol(text) : Symbol());
      }
      default:
        return this.#createExotic(tag);
    }
  }

  #createExotic(tag: number): unknown {
    const reader = this.#reader;
    switch (tag) {
      case Tag.nullObject:
        return this.#queued(Object.create(null), "properties");
      case Tag.map:
        return this.#queued(new Map(), "map");
      case Tag.set:
        return this.#queued(new Set(), "set");
      case Tag.date:
        return this.#register(new Date(reader.double()));
      case Tag.regexp: {
        const pattern = new RegExp(reader.string(), reader.string());
        pattern.lastIndex = reader.varint();
        return this.#register(pattern);
      }
      case Tag.error:
        return this.#register(newError());
      case Tag.buffer:
        return this.#createBuffer();
      case Tag.view:
        return this.#createView();
      case Tag.boxed:
        return this.#register(Object(this.#create()));
      case Tag.arguments:
        return this.#register(argumentsOf(...this.#createList()));
      case Tag.bound:
        return this.#createBound();
      case Tag.prototype:
        return this.#createPrototype();
      case Tag.intrinsic: {
        const path = reader.string();
        const value = intrinsicAt(path);
        if (value === undefined) throw closureErrors.create("CLOSURE_FORMAT", { problem: `this Node.js has no ${path}` });
        return this.#register(value);
      }
      case Tag.module:
        return this.#createReference();
      default:
        return this.#createOther(tag);
    }
  }

  #createOther(tag: number): unknown {
    const reader = this.#reader;
    switch (tag) {
      case Tag.replaced: {
        const kind = reader.string();
        const [data] = this.#context.nested(reader.block());
        const revive = Object.hasOwn(this.#context.revivers, kind) ? this.#context.revivers[kind] : undefined;
        if (revive === undefined) throw closureErrors.create("CLOSURE_UNKNOWN_KIND", { kind });
        return this.#register(revive(data));
      }
      case Tag.platform: {
        const name = PLATFORM_CLASSES[reader.byte()] ?? "";
        const words: unknown[] = [];
        for (let count = reader.byte(); count > 0; count--) words.push(this.#create());
        return this.#register(platformObject(name, words));
      }
      case Tag.rebound: {
        const name = REBOUND_NAMES[reader.byte()] ?? "";
        return reboundName(name, fromPortableUrl(reader.string(), this.#context.place));
      }
      case Tag.internedClass: {
        const digest = reader.string();
        const bytes = reader.block();
        const known = internedClass(digest);
        if (known !== undefined) return this.#register(known);
        const [made] = this.#context.nested(bytes);
        if (typeof made === "function") internClass(made, { digest, bytes: new Uint8Array(bytes) }, true);
        return this.#register(made);
      }
      case Tag.decorated:
        return this.#createDecorated();
      default:
        throw closureErrors.create("CLOSURE_FORMAT", { problem: `it contains the unknown tag ${tag}` });
    }
  }

  #createList(): unknown[] {
    const values: unknown[] = [];
    for (let count = this.#reader.varint(); count > 0; count--) values.push(this.#create());
    return values;
  }

  #createDecorated(): unknown {
    const flags = this.#reader.byte();
    const prototype = (flags & Decoration.prototype) !== 0 ? this.#create() : undefined;
    const value = this.#create();
    if (!isObject(value)) return value;
    if (prototype !== undefined) Object.setPrototypeOf(value, isObject(prototype) ? prototype : null);
    if ((flags & Decoration.properties) !== 0) {
      this.#queue.push(value);
      this.#kinds.push("extras");
    }
    if ((flags & (Decoration.sealed | Decoration.frozen)) !== 0)
      (this.#sealed ??= []).push({ value, frozen: (flags & Decoration.frozen) !== 0 });
    return value;
  }

  #createBuffer(): ArrayBuffer {
    const limit = this.#reader.varint();
    const bytes = this.#reader.block();
    const buffer = limit === 0 ? new ArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length, { maxByteLength: limit - 1 });
    new Uint8Array(buffer).set(bytes);
    return this.#register(buffer);
  }

  #createView(): unknown {
    const name = VIEW_CLASSES[this.#reader.byte()] ?? "";
    const whole = this.#reader.byte() === 1;
    const buffer: unknown = whole ? this.#create() : new Uint8Array(this.#reader.block()).buffer;
    if (!(buffer instanceof ArrayBuffer)) throw closureErrors.create("CLOSURE_FORMAT", { problem: "a typed array has no buffer" });
    if (name === "Buffer") return this.#register(Buffer.from(buffer));
    const maker: unknown = Reflect.get(globalThis, name);
    if (typeof maker !== "function") throw closureErrors.create("CLOSURE_FORMAT", { problem: `this Node.js has no ${name}` });
    return this.#register(Reflect.construct(maker, [buffer]));
  }

  #createBound(): unknown {
    const target = this.#create();
    const receiver = this.#create();
    const args = this.#createList();
    if (typeof target !== "function") throw closureErrors.create("CLOSURE_FORMAT", { problem: "a bound function has no target" });
    return this.#register(Function.prototype.bind.call(target, receiver, ...args));
  }

  #createPrototype(): unknown {
    const maker = this.#create();
    const byValue = this.#reader.byte() === 1;
    const prototype: unknown = typeof maker === "function" ? maker.prototype : undefined;
    if (!isObject(prototype)) throw closureErrors.create("CLOSURE_FORMAT", { problem: "a class has no prototype" });
    return byValue ? this.#queued(prototype, "prototype") : this.#register(prototype);
  }

  #createReference(): unknown {
    const place = this.#section.modules[this.#reader.varint()];
    const exportName = this.#reader.string();
    if (place === undefined) throw closureErrors.create("CLOSURE_FORMAT", { problem: "it names a module that it does not list" });
    const value = exportOf(this.#context.modules.load(place), exportName);
    if (value === undefined) {
      const specifier = place.specifier === "" ? place.url : place.specifier;
      throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier, problem: `has no export '${exportName}'` });
    }
    if (isObject(value) && !rebuiltReferences.has(value)) {
      const home = this.#context.place;
      const reference = { specifier: place.specifier, importer: fromPortableUrl(place.importer, home), exportName };
      rebuiltReferences.set(value, { ...reference, url: fromPortableUrl(place.url, home) });
    }
    return this.#register(value);
  }

  #createFunction(): unknown {
    const parts = this.#readFunction();
    const instance = parts.factory.open(parts.superclass, parts.computedNames, parts.outerArguments);
    this.#noteInstance(parts, instance);
    return this.#queued(instance.fn, "function");
  }

  #readFunction(): FunctionParts {
    const index = this.#reader.varint();
    const block = this.#section.blocks[index];
    if (block === undefined) throw closureErrors.create("CLOSURE_FORMAT", { problem: "it names code that it does not contain" });
    return {
      block,
      factory: (this.#section.factories[index] ??= this.#context.factories.get(block)),
      superclass: (block.flags & CodeBit.heritage) === 0 ? undefined : this.#create(),
      computedNames: (block.flags & CodeBit.computedNames) === 0 ? NONE : this.#createList(),
      outerArguments: (block.flags & CodeBit.outerArguments) === 0 ? NONE : this.#createList(),
    };
  }

  #noteInstance({ block, computedNames, outerArguments }: FunctionParts, instance: FunctionInstance): void {
    this.#instances ??= new Map();
    this.#instances.set(instance.fn, { block, instance });
    rebuiltFunctions.set(instance.fn, { block, readVariables: instance.read, computedNames, outerArguments });
  }

  /**
   * A payload's only root. When it is a function, its variables follow at once: it is made from them, unless one of them turns out to
   * be the function itself.
   */
  #createOnlyRoot(): unknown {
    const { position } = this.#reader;
    const tag = this.#reader.byteAt(position);
    if (tag !== Tag.function && tag !== Tag.class) return this.#create();
    this.#reader.byte();
    const parts = this.#readFunction();
    const { block, factory, superclass, computedNames, outerArguments } = parts;
    if (!factory.canBind || this.#queue.length > 0) {
      const instance = factory.open(superclass, computedNames, outerArguments);
      this.#noteInstance(parts, instance);
      return this.#queued(instance.fn, "function");
    }
    const number = this.#objects.push(undefined) - 1;
    const root: PendingRoot = { number, parts, instance: undefined };
    this.#pending = root;
    const variables = this.#createVariables(block);
    this.#pending = undefined;
    if (root.instance !== undefined) {
      root.instance.write(...variables);
      this.#fillFunctionObject(root.instance.fn);
      return root.instance.fn;
    }
    const fn = factory.bind(superclass, computedNames, variables);
    this.#objects[number] = fn;
    rebuiltFunctions.set(fn, { block, readVariables: () => variables, computedNames, outerArguments });
    this.#fillFunctionObject(fn);
    return fn;
  }

  #referenced(number: number): unknown {
    const root = this.#pending;
    if (root !== undefined && number === root.number && root.instance === undefined) {
      const { factory, superclass, computedNames, outerArguments } = root.parts;
      root.instance = factory.open(superclass, computedNames, outerArguments);
      this.#noteInstance(root.parts, root.instance);
      this.#objects[number] = root.instance.fn;
    }
    return this.#objects[number];
  }

  #createVariables(block: CodeBlock): unknown[] {
    const variables: unknown[] = [];
    for (let count = block.names.length; count > 0; count--) variables.push(this.#create());
    return variables;
  }

  #fill(value: object, kind: FillKind): void {
    switch (kind) {
      case "properties":
        return this.#fillProperties(value);
      case "array":
        return this.#fillArray(value);
      case "map":
        for (let count = this.#reader.varint(); count > 0; count--) Map.prototype.set.call(value, this.#create(), this.#create());
        return;
      case "set":
        for (let count = this.#reader.varint(); count > 0; count--) Set.prototype.add.call(value, this.#create());
        return;
      case "extras":
        return this.#defineProperties(value);
      case "function":
        return this.#fillFunction(value);
      case "prototype":
        if (this.#reader.byte() === 1) this.#setPrototype(value);
        return this.#defineProperties(value);
    }
  }

  #fillArray(value: object): void {
    if (!Array.isArray(value)) return;
    const { length } = value;
    for (let index = 0; index < length; index++) {
      const item = this.#createItem();
      if (item !== HOLE) value[index] = item;
    }
  }

  /** Like create, but tells a hole from undefined. */
  #createItem(): unknown {
    const { position } = this.#reader;
    const item = this.#create();
    return item === undefined && this.#reader.byteAt(position) === Tag.hole ? HOLE : item;
  }

  #fillProperties(value: object): void {
    const shape = this.#reader.varint();
    if (shape === 0) return this.#defineProperties(value);
    this.#shapes ??= [];
    let keys = this.#shapes[shape - 1];
    if (keys === undefined) {
      const read: string[] = [];
      for (let count = this.#reader.varint(); count > 0; count--) read.push(this.#reader.string());
      this.#shapes.push((keys = read));
    }
    for (const key of keys) setProperty(value, key, this.#create());
  }

  #defineProperties(value: object): void {
    for (let count = this.#reader.varint(); count > 0; count--) {
      const name = this.#create();
      const key = typeof name === "symbol" ? name : String(name);
      const bits = this.#reader.byte();
      const attributes = { enumerable: (bits & PropertyBit.enumerable) !== 0, configurable: (bits & PropertyBit.configurable) !== 0 };
      if ((bits & PropertyBit.accessor) === 0) {
        Object.defineProperty(value, key, { ...attributes, writable: (bits & PropertyBit.writable) !== 0, value: this.#create() });
        continue;
      }
      const get = this.#create();
      const set = this.#create();
      Object.defineProperty(value, key, { ...attributes, ...accessors(get, set) });
    }
  }

  #setPrototype(value: object): void {
    const prototype = this.#create();
    Object.setPrototypeOf(value, isObject(prototype) ? prototype : null);
  }

  #fillFunction(value: object): void {
    const entry = this.#instances?.get(value);
    if (entry === undefined) return;
    if (entry.block.names.length > 0) entry.instance.write(...this.#createVariables(entry.block));
    this.#fillFunctionObject(value);
  }

  /** What a function has as an object. */
  #fillFunctionObject(value: object): void {
    const flags = this.#reader.byte();
    if (flags === 0) return;
    if ((flags & FunctionBit.prototype) !== 0) this.#setPrototype(value);
    if ((flags & FunctionBit.properties) !== 0) this.#defineProperties(value);
    if ((flags & FunctionBit.prototypeObject) !== 0) {
      const replaced = this.#reader.byte() === 1;
      const prototype = this.#create();
      if (replaced) Object.defineProperty(value, "prototype", { value: prototype, writable: true });
    }
    if ((flags & (FunctionBit.sealed | FunctionBit.frozen)) !== 0)
      (this.#sealed ??= []).push({ value, frozen: (flags & FunctionBit.frozen) !== 0 });
  }
}

function seal(values: readonly { readonly value: object; readonly frozen: boolean }[]): void {
  for (const { value, frozen } of values) {
    if (frozen) Object.freeze(value);
    else Object.preventExtensions(value);
  }
}

const HOLE: unique symbol = Symbol("hole");

function accessors(get: unknown, set: unknown): PropertyDescriptor {
  const descriptor: PropertyDescriptor = {};
  if (isGetter(get)) descriptor.get = get;
  if (isSetter(set)) descriptor.set = set;
  return descriptor;
}

function isGetter(value: unknown): value is () => unknown {
  return typeof value === "function";
}

function isSetter(value: unknown): value is (value: unknown) => void {
  return typeof value === "function";
}

/** Defines, never assigns: a key called __proto__ stays a key. */
function setProperty(value: object, key: string, item: unknown): void {
  if (key === "__proto__") Object.defineProperty(value, key, { value: item, writable: true, enumerable: true, configurable: true });
  else if (!Reflect.set(value, key, item))
    Object.defineProperty(value, key, { value: item, writable: true, enumerable: true, configurable: true });
}

/** A length that the input claims is not believed before the elements arrive. */
function newArray(length: number): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return array;
}

function newError(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new Error();
  Error.stackTraceLimit = limit;
  return error;
}

function argumentsOf(..._values: unknown[]): object {
  return arguments;
}

function platformObject(name: string, words: readonly unknown[]): unknown {
  switch (name) {
    case "URL":
      return new URL(String(words[0]));
    case "URLSearchParams":
      return new URLSearchParams(String(words[0]));
    case "TextEncoder":
      return new TextEncoder();
    default:
      return new TextDecoder(String(words[0]), { fatal: words[1] === true, ignoreBOM: words[2] === true });
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
