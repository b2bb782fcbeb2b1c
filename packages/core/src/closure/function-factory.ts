import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction, constants, Script } from "node:vm";
import { type ApplicationPlace, driverUrl, filePath, fromPortableUrl } from "./application-url.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { closureErrors } from "./closure-errors.ts";
import { CodeBit, IMPORT_META, type CodeBlock } from "./wire-format.ts";

/** One fresh instance of a code block. Its variables are undefined until they are written. */
export interface FunctionInstance {
  readonly fn: Function;
  readonly write: (...values: readonly unknown[]) => void;
  readonly read: () => readonly unknown[];
}

/** Makes instances of a compiled block. */
export interface FunctionFactory {
  /** An instance whose variables come later, as they must when one of them leads back to the function. */
  open(superclass: unknown, computedNames: readonly unknown[], outerArguments: readonly unknown[]): FunctionInstance;
  /** True when a function can be made from the values of its variables, which is then for good. */
  readonly canBind: boolean;
  bind(superclass: unknown, computedNames: readonly unknown[], variables: readonly unknown[]): Function;
}

/** Some 5 KB of heap each for short functions, beside the text, of which V8 keeps a copy. */
const FACTORIES_MAX = 500;
const TEXT_UNITS_MAX = 4 * 2 ** 20;
/** Blocks of one text: functions on different lines, or under different names. */
const SAME_TEXT_MAX = 8;

/** What one decoder has compiled, by content: code that came with one closure is not compiled again when another one brings it. */
export class FactoryCache {
  readonly #place: ApplicationPlace;
  readonly #byText = new BoundedCache<string, CompiledBlock[]>(FACTORIES_MAX, TEXT_UNITS_MAX);

  constructor(place: ApplicationPlace) {
    this.#place = place;
  }

  /** The factory of a block, which is compiled when it is first used. */
  get(block: CodeBlock): FunctionFactory {
    const known = this.#byText.get(block.text);
    if (known !== undefined) for (const factory of known) if (factory.isOf(block)) return factory;
    const factory = new CompiledBlock(block, this.#place);
    if (known === undefined) this.#byText.set(block.text, [factory], block.text.length);
    else if (known.push(factory) > SAME_TEXT_MAX) known.shift();
    return factory;
  }
}

type Make = (superclass: unknown, computedNames: readonly unknown[], meta: object | undefined, ...variables: readonly unknown[]) => unknown;

/**
 * Captured names become parameters or `var`s of a function around the text, so that the rebuilt function runs as fast as the original,
 * and the script carries the user's file, line and column, so that stack traces point there. Either form is compiled when it is first
 * needed.
 */
class CompiledBlock implements FunctionFactory {
  readonly #block: CodeBlock;
  readonly #file: string;
  readonly #meta: object | undefined;
  #makeOpen: Make | undefined;
  #makeBound: Make | undefined;

  constructor(block: CodeBlock, place: ApplicationPlace) {
    this.#block = block;
    const looksAround = (block.flags & (CodeBit.importMeta | CodeBit.dynamicImport)) !== 0;
    // Stack traces name the user's file, also where it does not exist.
    this.#file = looksAround ? fromPortableUrl(block.url, place) : driverUrl(block.url, place);
    this.#meta = (block.flags & CodeBit.importMeta) === 0 ? undefined : importMetaOf(this.#file);
  }

  isOf(block: CodeBlock): boolean {
    const own = this.#block;
    return (
      own.text === block.text &&
      own.flags === block.flags &&
      own.line === block.line &&
      own.column === block.column &&
      own.url === block.url &&
      own.name === block.name &&
      own.names.length === block.names.length &&
      own.names.every((name, index) => name === block.names[index])
    );
  }

  get canBind(): boolean {
    return (this.#block.flags & (CodeBit.readsOnly | CodeBit.outerArguments)) === CodeBit.readsOnly;
  }

  /**
   * The variables as parameters: one function around the text, and half the time to compile of {@link open}. `compileFunction` gives that
   * function at once, where a script has to be run to get it: 5 µs less.
   */
  bind(superclass: unknown, computedNames: readonly unknown[], variables: readonly unknown[]): Function {
    const { names, flags, hidden } = this.#block;
    if (this.#makeBound === undefined) {
      const { before, after } = embed(this.#block);
      const strict = (flags & CodeBit.strict) === 0 ? "" : '"use strict";';
      const head = `${strict}return${before}`;
      const make: unknown = compileFunction(
        head + this.#block.text + after,
        [`${hidden}Base`, `${hidden}Keys`, IMPORT_META, ...names],
        this.#place(head),
      );
      if (!isMake(make)) throw damaged();
      this.#makeBound = make;
    }
    return toFunction(this.#block, this.#makeBound(superclass, computedNames, this.#meta, ...variables));
  }

  /** The variables as `var`s with a function to write and one to read them. */
  open(superclass: unknown, computedNames: readonly unknown[], outerArguments: readonly unknown[]): FunctionInstance {
    const inner = (this.#block.flags & CodeBit.outerArguments) !== 0;
    this.#makeOpen ??= this.#compileOpen(inner);
    let parts: unknown = this.#makeOpen(superclass, computedNames, this.#meta);
    if (inner && typeof parts === "function") parts = Reflect.apply(parts, undefined, outerArguments);
    return toInstance(this.#block, parts);
  }

  #compileOpen(inner: boolean): Make {
    const { flags, hidden, names } = this.#block;
    const parameters = [`${hidden}Base`, `${hidden}Keys`, IMPORT_META].join();
    const expression = embed(this.#block);
    const strict = (flags & CodeBit.strict) === 0 ? "" : '"use strict";';
    const before = `(function(${parameters}){${strict}${names.length > 0 ? `var ${names.join()};` : ""}${inner ? "return function(){" : ""}return[${expression.before}`;
    const values = names.map((_, index) => `${hidden}${index}`);
    // In parentheses V8 compiles it together with the script instead of at its first call, right after: 7 µs less.
    const write = `(function(${values.join()}){${names.map((name, index) => `${name}=${values[index]};`).join("")}})`;
    return this.#compile(before, `${expression.after},${write},function(){return[${names.join()}]}]${inner ? "}" : ""}})`);
  }

  #compile(before: string, after: string): Make {
    const script = new Script(before + this.#block.text + after, this.#place(before));
    const make: unknown = script.runInThisContext();
    if (!isMake(make)) throw damaged();
    return make;
  }

  /** Where V8 shall say that the block's text stands, given what the engine writes before it. */
  #place(before: string): { filename: string; lineOffset: number; columnOffset: number; importModuleDynamically?: number } {
    const { line, column, flags } = this.#block;
    return {
      filename: this.#file === "" ? "vonk-closure" : this.#file,
      lineOffset: line,
      columnOffset: column - before.length,
      ...((flags & CodeBit.dynamicImport) === 0 ? {} : { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }),
    };
  }
}

function isMake(value: unknown): value is Make {
  return typeof value === "function";
}

/** What stands around a block's text: an anonymous function gets its name from a property of that name. */
function embed(block: CodeBlock): { before: string; after: string } {
  const { text, name, flags } = block;
  if ((flags & CodeBit.method) !== 0) return { before: "{", after: "\n}" };
  if (name === "" || name === "__proto__") return { before: "(", after: "\n)" };
  const anonymous =
    !/^(?:async\s+)?function\s*\*?\s*[\w$\u0080-\uffff\\]/.test(text) && !/^class\s+(?!extends\b)[\w$\u0080-\uffff\\]/.test(text);
  if (!anonymous) return { before: "(", after: "\n)" };
  const key = JSON.stringify(name);
  return { before: `{${key}:(`, after: `\n)}[${key}]` };
}

function toInstance(block: CodeBlock, parts: unknown): FunctionInstance {
  if (!Array.isArray(parts)) throw damaged();
  const [made, write, read]: unknown[] = parts;
  const fn = toFunction(block, made);
  if (typeof write !== "function" || typeof read !== "function") throw damaged();
  return {
    fn,
    write: (...values) => {
      write(...values);
    },
    read: () => {
      const values: unknown = read();
      return Array.isArray(values) ? values : [];
    },
  };
}

function toFunction(block: CodeBlock, made: unknown): Function {
  const fn = (block.flags & CodeBit.method) === 0 ? made : methodOf(made);
  if (typeof fn !== "function") throw damaged();
  if (fn.name !== block.name && typeof fn.name === "string") Object.defineProperty(fn, "name", { value: block.name, configurable: true });
  return fn;
}

function methodOf(holder: unknown): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  const [key] = Reflect.ownKeys(holder);
  const descriptor = key === undefined ? undefined : Reflect.getOwnPropertyDescriptor(holder, key);
  return descriptor?.value ?? descriptor?.get ?? descriptor?.set;
}

function damaged(): Error {
  return closureErrors.create("CLOSURE_FORMAT", { problem: "its code does not make a function" });
}

/** A file's `import.meta`, below this process's application root. */
export function importMetaOf(file: string): object {
  const path = filePath(file);
  const url = path === undefined ? file : pathToFileURL(path).href;
  return {
    __proto__: null,
    url,
    main: false,
    ...(path === undefined ? {} : { filename: path, dirname: dirname(path), resolve: (specifier: string) => resolveFrom(path, specifier) }),
  };
}

function resolveFrom(path: string, specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  if (specifier.startsWith(".") || specifier.startsWith("/")) return new URL(specifier, pathToFileURL(path)).href;
  return pathToFileURL(createRequire(path).resolve(specifier)).href;
}

const importers = new Map<string, unknown>();

/** A per-file name of CommonJS or of a loader, for a file below this process's application root. */
export function reboundName(name: string, file: string): unknown {
  const path = filePath(file) ?? fileURLToPath(pathToFileURL("/").href);
  switch (name) {
    case "require":
      return createRequire(path);
    case "module":
      return {
        id: path,
        filename: path,
        path: dirname(path),
        exports: {},
        loaded: true,
        children: [],
        paths: [],
        require: createRequire(path),
      };
    case "__filename":
      return path;
    case "__dirname":
      return dirname(path);
    case "import.meta":
      return importMetaOf(file);
    default: {
      let importer = importers.get(path);
      if (importer === undefined) {
        const script = new Script("(specifier, options) => import(specifier, options)", {
          filename: path,
          importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        });
        importers.set(path, (importer = script.runInThisContext()));
      }
      return importer;
    }
  }
}
