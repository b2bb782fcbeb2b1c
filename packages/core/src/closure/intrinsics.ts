import { isProxy } from "node:util/types";

/**
 * Objects that every Node.js process has, known by identity and sent by path: `Map.prototype.get`, `process.env`, `console`.
 * A path's segments are joined by dots; `@@iterator` is a well-known symbol.
 */
const ECMASCRIPT_NAMES =
  "Object Function Array Number parseFloat parseInt Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError JSON Math Intl ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect SharedArrayBuffer DisposableStack AsyncDisposableStack Temporal decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN WebAssembly";
const NODE_NAMES =
  "Buffer console process URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget DOMException queueMicrotask structuredClone setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate atob btoa performance";
/** Accessors of the global object that load a part of Node when they are read: looked at only when nothing else matched. */
const LAZY_NAMES =
  "MessageChannel MessagePort MessageEvent BroadcastChannel crypto Crypto CryptoKey SubtleCrypto navigator fetch Headers Request Response FormData Blob File WebSocket CloseEvent EventSource ReadableStream WritableStream TransformStream CompressionStream DecompressionStream TextDecoderStream TextEncoderStream Performance PerformanceEntry Storage localStorage sessionStorage";

const globalNames: ReadonlySet<string> = new Set(
  `${ECMASCRIPT_NAMES} ${NODE_NAMES} ${LAZY_NAMES} globalThis global undefined NaN Infinity`.split(" "),
);

/** True for a name that every executor's global object has too. */
export function isStandardGlobal(name: string): boolean {
  return globalNames.has(name);
}

const paths = new WeakMap<object, string>();
const realms = new WeakSet<object>();

/** The path of an intrinsic object of a known realm; undefined for anything else. Builds the table at the first call (about 1.5 ms). */
export function intrinsicPath(value: object): string | undefined {
  if (!realms.has(globalThis)) addRealm(globalThis);
  return paths.get(value);
}

/** Like {@link intrinsicPath} for globals that load a part of Node when they are touched. For the last look before a refusal. */
export function lazyIntrinsicPath(value: object): string | undefined {
  for (const name of LAZY_NAMES.split(" ")) {
    const found: unknown = Reflect.get(globalThis, name);
    if (isObject(found)) visit(found, name, 0);
  }
  visit(process.stdout, "process.stdout", DEPTH_MAX);
  visit(process.stderr, "process.stderr", DEPTH_MAX);
  return intrinsicPath(value);
}

/** Makes the intrinsics of another realm known (a REPL's or test runner's context), given its global object. */
export function addRealm(global: object): void {
  if (realms.has(global)) return;
  realms.add(global);
  if (global !== globalThis) intrinsicPath(global);
  for (const name of `${ECMASCRIPT_NAMES} ${NODE_NAMES}`.split(" ")) {
    const value = Object.getOwnPropertyDescriptor(global, name);
    if (value !== undefined && "value" in value) visit(value.value, name, 0);
  }
  for (const name of ["process", "Buffer"]) visit(Reflect.get(global, name), name, 0); // accessors of the global object
  paths.set(global, "globalThis");
  visit(typedArrayOf(global, "Uint8Array"), "%TypedArray%", 0);
  visitOwnBinary(global);
  for (const name of Object.keys(HIDDEN)) {
    const value = hiddenIntrinsic(name, global);
    if (value !== undefined) visit(value, name, 1);
  }
}

/** Intrinsics that no global name leads to, by the code whose value has them as prototype. */
const HIDDEN: Readonly<Record<string, string>> = {
  "%GeneratorFunction%": "(function* () {})",
  "%AsyncFunction%": "(async () => {})",
  "%AsyncGeneratorFunction%": "(async function* () {})",
  "%ArrayIterator%": "[][Symbol.iterator]()",
  "%MapIterator%": "new Map().entries()",
  "%SetIterator%": "new Set().entries()",
};

function hiddenIntrinsic(name: string, global: object): object | undefined {
  const source = HIDDEN[name];
  if (source === undefined) return name === "%TypedArray%" ? typedArrayOf(global, "Uint8Array") : undefined;
  try {
    const evaluate: unknown = Reflect.get(global, "eval");
    const sample: unknown = typeof evaluate === "function" ? evaluate(source) : undefined;
    return isObject(sample) ? (Reflect.getPrototypeOf(sample) ?? undefined) : undefined;
  } catch {
    return undefined; // --disallow-code-generation-from-strings: these few stay unknown
  }
}

function typedArrayOf(global: object, kind: string): object | undefined {
  const maker: unknown = Reflect.get(global, kind);
  return typeof maker === "function" ? (Reflect.getPrototypeOf(maker) ?? undefined) : undefined;
}

/**
 * Test runners exchange `ArrayBuffer` and `Uint8Array` of a realm for the main realm's: the realm's other typed arrays still have
 * the base and the buffers that no name leads to any more.
 */
function visitOwnBinary(global: object): void {
  visit(typedArrayOf(global, "Float64Array"), "%TypedArray%", 0);
  const maker: unknown = Reflect.get(global, "Float64Array");
  const sample: unknown = typeof maker === "function" ? Reflect.construct(maker, [0]) : undefined;
  if (ArrayBuffer.isView(sample)) visit(Reflect.get(sample.buffer, "constructor"), "ArrayBuffer", 0);
}

const DEPTH_MAX = 2;

function visit(value: unknown, path: string, depth: number): void {
  if (!isObject(value) || paths.has(value) || isProxy(value)) return;
  paths.set(value, path);
  if (depth === DEPTH_MAX || path === "process.env" || path === "globalThis") return;
  for (const key of Reflect.ownKeys(value)) {
    const segment = segmentOf(key);
    if (segment === undefined) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
    if (descriptor !== undefined && "value" in descriptor) visit(descriptor.value, `${path}.${segment}`, depth + 1);
  }
}

/** `process.argv` and the like belong to one process: they travel by value. */
const NOT_INTRINSIC: ReadonlySet<string> = new Set(["constructor", "mainModule", "argv", "execArgv"]);

function segmentOf(key: string | symbol): string | undefined {
  if (typeof key === "string") return NOT_INTRINSIC.has(key) || key.includes(".") ? undefined : key;
  const name = wellKnownName(key);
  return name === undefined ? undefined : `@@${name}`;
}

/** `iterator` for `Symbol.iterator`; undefined for a symbol that is not well known. */
export function wellKnownName(symbol: symbol): string | undefined {
  const { description } = symbol;
  if (description === undefined || !description.startsWith("Symbol.")) return undefined;
  const name = description.slice("Symbol.".length);
  return Reflect.get(Symbol, name) === symbol ? name : undefined;
}

const resolved = new Map<string, unknown>();

/** The intrinsic at a path, in this thread's main realm; undefined when this process does not have it. */
export function intrinsicAt(path: string): unknown {
  const known = resolved.get(path);
  if (known !== undefined) return known;
  let value: unknown = path.startsWith("%") ? undefined : globalThis;
  for (const segment of path.split(".")) {
    if (segment.startsWith("%")) value = hiddenIntrinsic(segment, globalThis);
    else if (segment === "globalThis") value = globalThis;
    else if (!isObject(value)) return undefined;
    else value = Reflect.get(value, propertyKey(segment));
  }
  resolved.set(path, value);
  return value;
}

function propertyKey(segment: string): string | symbol {
  if (!segment.startsWith("@@")) return segment;
  const symbol: unknown = Reflect.get(Symbol, segment.slice(2));
  return typeof symbol === "symbol" ? symbol : segment;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
