import type { ApplicationPlace } from "./application-url.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { ByteReader } from "./byte-reader.ts";
import { closureErrors } from "./closure-errors.ts";
import { type CompiledSection, digestText, readCodeSection } from "./code-section.ts";
import { FactoryCache } from "./function-factory.ts";
import { type DecodeContext, GraphDecoder } from "./graph-decoder.ts";
import { exportOf } from "./known-modules.ts";
import { ModuleLoader } from "./module-loader.ts";
import { DIGEST_BYTES, FORMAT_VERSION, HEADER_BYTES } from "./wire-format.ts";

const SECTIONS_MAX = 500;
const SECTION_BYTES_MAX = 4 * 2 ** 20;
/** A stage's closures are prepared one after the other and then decoded. */
const PREPARED_MAX = 16;

/** A payload whose header and code have been read. */
interface OpenedPayload {
  readonly bytes: Uint8Array;
  readonly section: CompiledSection;
  /** At the start of the graph section. */
  readonly reader: ByteReader;
}

/**
 * Rebuilds closures and values in a task thread. Needs no inspector.
 *
 * A closure is code: hand it only bytes from an authenticated driver of the same application.
 */
export class ClosureDecoder {
  readonly #context: DecodeContext;
  readonly #verify: boolean;
  readonly #prepared: OpenedPayload[] = [];
  readonly #sections = new BoundedCache<string, CompiledSection>(SECTIONS_MAX, SECTION_BYTES_MAX);

  constructor(options: {
    readonly appRoot: string;
    /** Folder of the copies of the driver's files, which may come at any time. */
    readonly copies?: string;
    readonly revivers?: Readonly<Record<string, (data: unknown) => unknown>>;
    /** False when the bytes come from memory of this process, which no wire or disk can have damaged: 9 µs less a new closure. */
    readonly verify?: boolean;
  }) {
    this.#verify = options.verify ?? true;
    const place = { root: options.appRoot, ...(options.copies === undefined ? {} : { copies: options.copies }) };
    this.#context = {
      place,
      modules: new ModuleLoader(place),
      factories: new FactoryCache(place),
      revivers: options.revivers ?? {},
      nested: (bytes) => this.decodeAll(bytes),
    };
  }

  /** Where this decoder finds the application's files. */
  get place(): ApplicationPlace {
    return this.#context.place;
  }

  /**
   * A promise when some module of the payload waits at its top level and must be imported before {@link decode}; else undefined.
   * @throws CLOSURE_MODULE_NOT_FOUND
   */
  prepare(bytes: Uint8Array): Promise<void> | undefined {
    const opened = this.#open(bytes);
    const { section } = opened;
    if (this.#prepared.push(opened) > PREPARED_MAX) this.#prepared.shift();
    if (section.modules.length === 0) return undefined;
    const waiting: Promise<void>[] = [];
    for (const place of section.modules) {
      const promise = this.#context.modules.prepare(place);
      if (promise !== undefined) waiting.push(promise);
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  }

  /**
   * The function of a payload with variables of its own: nothing is shared between two calls but code, modules and classes.
   * Costs 5 to 20 µs once its code is compiled.
   * @throws CLOSURE_FORMAT, CLOSURE_MODULE_NOT_FOUND, CLOSURE_UNKNOWN_KIND
   */
  decode(bytes: Uint8Array): Function {
    const [fn] = this.decodeAll(bytes);
    if (typeof fn !== "function") throw closureErrors.create("CLOSURE_FORMAT", { problem: "it contains no function" });
    return fn;
  }

  /** All root values of a payload. */
  decodeAll(bytes: Uint8Array): unknown[] {
    const { section, reader } = this.#takePrepared(bytes) ?? this.#open(bytes);
    return new GraphDecoder(reader, section, this.#context).decode();
  }

  /**
   * A function that a module exports.
   * @throws CLOSURE_MODULE_NOT_FOUND when the module or its export is not there
   */
  load(url: string, exportName: string): (...args: unknown[]) => unknown {
    const value = exportOf(this.#context.modules.load({ url, specifier: "", importer: "" }), exportName);
    if (typeof value === "function") return (...args) => Reflect.apply(value, undefined, args) as unknown;
    throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier: url, problem: `has no function '${exportName}'` });
  }

  #takePrepared(bytes: Uint8Array): OpenedPayload | undefined {
    const prepared = this.#prepared;
    for (let at = prepared.length - 1; at >= 0; at--) {
      const payload = prepared[at];
      if (payload?.bytes !== bytes) continue;
      if (at === prepared.length - 1) prepared.pop();
      else prepared.splice(at, 1);
      return payload;
    }
    return undefined;
  }

  #open(bytes: Uint8Array): OpenedPayload {
    checkHeader(bytes);
    const reader = new ByteReader(bytes, HEADER_BYTES);
    const length = reader.varint();
    const start = reader.position;
    if (length === 2) {
      reader.skip(length);
      return { bytes, section: EMPTY, reader };
    }
    const key = reader.characters(HEADER_BYTES - DIGEST_BYTES, HEADER_BYTES);
    let section = this.#sections.get(key);
    if (section === undefined) {
      if (this.#verify && digestText(bytes.subarray(start, start + length)) !== key) {
        throw closureErrors.create("CLOSURE_FORMAT", { problem: "its code does not match its digest" });
      }
      section = readCodeSection(reader);
      if (reader.position !== start + length)
        throw closureErrors.create("CLOSURE_FORMAT", { problem: "its code has another length than it says" });
      this.#sections.set(key, section, length);
    } else reader.skip(length);
    return { bytes, section, reader };
  }
}

const EMPTY: CompiledSection = { modules: [], blocks: [], factories: [] };
const nodeMajor = Number.parseInt(process.versions.node, 10);

function checkHeader(bytes: Uint8Array): void {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0x56 || bytes[1] !== 0x4b) {
    throw closureErrors.create("CLOSURE_FORMAT", { problem: "these bytes are no closure" });
  }
  if (bytes[2] !== FORMAT_VERSION) {
    throw closureErrors.create("CLOSURE_FORMAT", { problem: `it has format ${bytes[2]}, and this Vonk reads format ${FORMAT_VERSION}` });
  }
  if (bytes[3] !== nodeMajor) {
    throw closureErrors.create("CLOSURE_FORMAT", { problem: `it was made by Node.js ${bytes[3]}, and this is Node.js ${nodeMajor}` });
  }
}
