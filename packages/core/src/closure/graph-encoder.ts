import { ByteWriter } from "./byte-writer.ts";
import { closureErrors } from "./closure-errors.ts";
import { CodeTable, digestOf } from "./code-section.ts";
import { createFunction, fillFunction, type FunctionPlan } from "./function-encoder.ts";
import { intrinsicPath, lazyIntrinsicPath, wellKnownName } from "./intrinsics.ts";
import { exportedValue, refreshKnownModules, type ModuleReference } from "./known-modules.ts";
import { createObject, fillObject, type FillKind } from "./object-encoder.ts";
import { rebuiltReferences } from "./rebuilt-functions.ts";
import type { FunctionInternals } from "./scope-reader.ts";
import { type ApplicationPlace, toPortableUrl } from "./application-url.ts";
import { stepText, type PathStep } from "./value-path.ts";
import { DIGEST_BYTES, FORMAT_VERSION, HEADER_BYTES, Tag } from "./wire-format.ts";
import type { EngineError } from "@vonk/common";

/** Codes of refusals that name a value by its path. */
export type RefusalCode = Exclude<
  keyof typeof closureErrors.entries,
  "CLOSURE_FORMAT" | "CLOSURE_MODULE_NOT_FOUND" | "CLOSURE_UNKNOWN_KIND"
>;

interface ShapeNode {
  index: number;
  readonly next: Map<string, ShapeNode>;
}

/** What a payload is encoded for. */
export interface EncodeContext {
  /** "the function given to rdd.map() (src/job.ts:42:12)"; asked for only when something is refused. */
  readonly subject: () => string;
  readonly place: Partial<ApplicationPlace>;
  /** The captured function with its explicit variables, when the payload is a closure. */
  readonly root?: {
    readonly fn: Function;
    readonly env: Readonly<Record<string, unknown>> | undefined;
    readonly internals: FunctionInternals | undefined;
  };
  /** Steps to a nested payload, from its outermost root. */
  readonly pathPrefix?: () => string[];
  readonly interning: Interning;
  readonly warnings: Set<string>;
}

/** Classes that are being given bytes of their own, and those that cannot have any (they depend on each other or on captured objects). */
export interface Interning {
  readonly inProgress: Function[];
  readonly excluded: Set<Function>;
}

/**
 * Writes values into one payload (see wire-format.ts). One encoder makes one payload.
 * @throws CLOSURE_… naming the path to the first value that cannot travel
 */
export class GraphEncoder {
  readonly writer: ByteWriter = new ByteWriter();
  readonly codes: CodeTable = new CodeTable();
  readonly context: EncodeContext;
  readonly plans: Map<object, FunctionPlan> = new Map();
  /** The class that this payload gives bytes to, if any. */
  readonly internRoot: Function | undefined;
  /** Lists of property names as a tree: a list is the path from the root. */
  readonly #shapes: ShapeNode = { index: -1, next: new Map() };
  #shapeCount = 0;
  readonly #ids = new Map<object | symbol, number>();
  readonly #queue: object[] = [];
  readonly #kinds: FillKind[] = [];
  readonly #parents: number[] = [];
  readonly #steps: PathStep[] = [];
  readonly #owned: boolean[] = [];
  /** Queue index of the object whose contents are being written; -1 for the roots. */
  #current = -1;
  /** True inside a class's own static state, which belongs to the class. */
  insideStatics = false;

  constructor(context: EncodeContext, internRoot?: Function) {
    this.context = context;
    this.internRoot = internRoot;
  }

  /** The bytes of the payload; undefined when it was to be a class's own bytes and cannot be. */
  encode(roots: readonly unknown[], firstStep: (index: number) => PathStep): Uint8Array | undefined {
    if (this.context.pathPrefix === undefined) refreshKnownModules();
    this.writer.varint(roots.length);
    for (const [index, root] of roots.entries()) this.create(root, firstStep(index));
    for (this.#current = 0; this.#current < this.#queue.length; this.#current++) {
      if (this.internRoot !== undefined && this.context.interning.excluded.has(this.internRoot)) return undefined;
      const value = this.#queue[this.#current];
      const kind = this.#kinds[this.#current];
      this.insideStatics = this.#owned[this.#current] ?? false;
      if (value === undefined || kind === undefined) break;
      if (kind === "function" || kind === "prototype") fillFunction(this, value, kind);
      else fillObject(this, value, kind);
    }
    if (this.internRoot !== undefined && this.context.interning.excluded.has(this.internRoot)) return undefined;
    return this.#assemble();
  }

  #assemble(): Uint8Array {
    const codes = this.codes.finish();
    const graph = this.writer.finish();
    const output = new ByteWriter();
    for (const byte of [0x56, 0x4b, FORMAT_VERSION, nodeMajor]) output.byte(byte);
    output.raw(codes.length === 2 ? NO_CODE : digestOf(codes));
    output.block(codes);
    output.raw(graph);
    return output.finish();
  }

  /** Writes a reference to a value: all of a primitive, and of an object what is needed to create it. */
  create(value: unknown, step: PathStep): void {
    const { writer } = this;
    switch (typeof value) {
      case "undefined":
        return writer.byte(Tag.undefined);
      case "boolean":
        return writer.byte(value ? Tag.true : Tag.false);
      case "number":
        if (Object.is(value | 0, value)) {
          writer.byte(Tag.integer);
          return writer.integer(value);
        }
        writer.byte(Tag.double);
        return writer.double(value);
      case "string":
        writer.byte(Tag.string);
        return writer.string(value);
      case "bigint":
        writer.byte(Tag.bigint);
        return writer.string(value.toString(16));
      case "symbol":
        return this.#createSymbol(value);
      default:
        return isObject(value) ? this.#createObject(value, step) : writer.byte(Tag.null);
    }
  }

  #createObject(value: object, step: PathStep): void {
    if (this.writeKnown(value)) return;
    const path = intrinsicPath(value);
    if (path !== undefined) return this.#writeIntrinsic(value, path);
    const reference = exportedValue(value) ?? rebuiltReferences.get(value);
    if (reference !== undefined) return this.createReference(value, reference);
    if (typeof value === "function") createFunction(this, value, step);
    else createObject(this, value, step);
  }

  /** Writes a back reference when the value was met before. */
  writeKnown(value: object | symbol): boolean {
    const id = this.#ids.get(value);
    if (id === undefined) return false;
    this.writer.byte(Tag.reference);
    this.writer.varint(id);
    return true;
  }

  /** The last look before a refusal: an intrinsic that is loaded only when touched. */
  tryLazyIntrinsic(value: object): boolean {
    const path = lazyIntrinsicPath(value);
    if (path !== undefined) this.#writeIntrinsic(value, path);
    return path !== undefined;
  }

  #writeIntrinsic(value: object, path: string): void {
    this.writer.byte(Tag.intrinsic);
    this.writer.string(path);
    this.register(value);
  }

  /** Writes a value as the export of a module. */
  createReference(value: object, reference: ModuleReference): void {
    if (this.writeKnown(value)) return;
    const { place: home } = this.context;
    this.writer.byte(Tag.module);
    const { specifier } = reference;
    const place = { url: toPortableUrl(reference.url, home), specifier, importer: toPortableUrl(reference.importer, home) };
    this.writer.varint(this.codes.addModule(place));
    this.writer.string(reference.exportName);
    this.register(value);
  }

  #createSymbol(symbol: symbol): void {
    const registered = Symbol.keyFor(symbol);
    const wellKnown = registered === undefined ? wellKnownName(symbol) : undefined;
    if (registered === undefined && wellKnown === undefined) {
      if (this.writeKnown(symbol)) return;
      this.writer.byte(Tag.uniqueSymbol);
      this.writer.byte(symbol.description === undefined ? 0 : 1);
      this.writer.string(symbol.description ?? "");
      this.register(symbol);
      return;
    }
    this.writer.byte(registered === undefined ? Tag.wellKnownSymbol : Tag.registeredSymbol);
    this.writer.string(registered ?? wellKnown ?? "");
  }

  /** Gives a value its number. Call it once everything that creates the value has been written. */
  register(value: object | symbol): void {
    this.#ids.set(value, this.#ids.size);
  }

  /** Puts the contents of a registered object into the queue. */
  queue(value: object, kind: FillKind, step: PathStep): void {
    this.#queue.push(value);
    this.#kinds.push(kind);
    this.#parents.push(this.#current);
    this.#steps.push(step);
    this.#owned.push(this.insideStatics);
  }

  /** A class whose bytes are its own must not depend on captured objects that others may share. */
  noteMutable(): void {
    if (this.internRoot !== undefined && !this.insideStatics) this.context.interning.excluded.add(this.internRoot);
  }

  /** The number of a list of property names, and whether it was met before. */
  shape(keys: readonly string[]): { readonly index: number; readonly isNew: boolean } {
    let node = this.#shapes;
    for (const key of keys) {
      let next = node.next.get(key);
      if (next === undefined) node.next.set(key, (next = { index: -1, next: new Map() }));
      node = next;
    }
    const isNew = node.index < 0;
    if (isNew) node.index = this.#shapeCount++;
    return { index: node.index, isNew };
  }

  /** Steps from the root to the object whose contents are being written, then the given ones. */
  path(...last: readonly PathStep[]): string[] {
    const steps = last.map(stepText);
    for (let index = this.#current; index >= 0; index = this.#parents[index] ?? -1) {
      const step = this.#steps[index];
      if (step !== undefined) steps.unshift(stepText(step));
    }
    return [...(this.context.pathPrefix?.() ?? []), ...steps].filter((step) => step !== "");
  }

  /** The error for a value that cannot travel. */
  refusal(code: RefusalCode, steps: readonly PathStep[], details: Readonly<Record<string, string>> = {}): EngineError {
    const path = this.path(...steps).join(" -> ") || "it";
    const common = { name: "", what: "", keyword: "", problem: "", reason: "", copy: "", env: "{ env }" };
    return closureErrors.create(code, { ...common, ...details, subject: this.context.subject(), path });
  }

  /** Encodes values as a payload of their own, for what must be complete before anything else (hooks, classes). */
  nested(values: readonly unknown[], step: PathStep, internRoot?: Function): Uint8Array | undefined {
    const { subject, place, interning, warnings } = this.context;
    const outer = this.path(step);
    const encoder = new GraphEncoder({ subject, place, interning, warnings, pathPrefix: () => outer }, internRoot);
    const bytes = encoder.encode(values, () => ({ words: "" }));
    if (bytes !== undefined) for (const place of encoder.codes.modules) this.codes.addModule(place);
    return bytes;
  }
}

const nodeMajor = Number.parseInt(process.versions.node, 10);
const NO_CODE = new Uint8Array(DIGEST_BYTES);

/** What an encoder starts from, for payloads that are not nested in another. */
export function newInterning(): Interning {
  return { inProgress: [], excluded: new Set() };
}

/** Size of the smallest payload, for bounds checks. */
export const PAYLOAD_BYTES_MIN: number = HEADER_BYTES + 2;

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
