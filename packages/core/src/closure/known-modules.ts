import { readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isModuleNamespaceObject } from "node:util/types";
import { filePath, isEntryPath } from "./application-url.ts";
import { parseImportHeader, startsStrict, type ImportedName } from "./import-header.ts";

/** A value named by the module that exports it. */
export interface ModuleReference {
  /** `node:fs`, or the `file:` URL of the module. */
  readonly url: string;
  /** The specifier and the URL of the file that imported it, for hosts where the module lies elsewhere; empty when unknown. */
  readonly specifier: string;
  readonly importer: string;
  /** The exported name; `*` is the namespace object and `=` the value of `module.exports`. */
  readonly exportName: string;
}

const known = new WeakMap<object, ModuleReference>();
const require = createRequire(import.meta.url);

/** Indexes the modules that were loaded since the last call. Encoders call it once a payload. */
export function refreshKnownModules(): void {
  refreshBuiltins();
  refreshCommonJs();
}

/** The reference of a value that a Node.js module or a loaded CommonJS module exports. Never loads anything. */
export function exportedValue(value: object): ModuleReference | undefined {
  const found = known.get(value);
  if (found !== undefined || !isModuleNamespaceObject(value)) return found;
  const main: unknown = ownValue(value, "default");
  const reference = isObject(main) ? known.get(main) : undefined;
  return reference?.exportName === "=" ? { ...reference, exportName: "*" } : undefined;
}

let builtinsSeen = 0;
const builtinsIndexed = new Set<string>();

/** Indexes the public Node.js modules that are loaded; the list of loaded modules only grows. */
function refreshBuiltins(): void {
  const loaded: unknown = Reflect.get(process, "moduleLoadList");
  const list: readonly unknown[] = Array.isArray(loaded) ? loaded : builtinModules.map((name) => `NativeModule ${name}`);
  if (list.length === builtinsSeen) return;
  const names = new Set(list.slice(builtinsSeen));
  builtinsSeen = list.length;
  for (const name of builtinModules) {
    const bare = name.replace(/^node:/, "");
    if (bare.startsWith("_") || builtinsIndexed.has(bare) || !names.has(`NativeModule ${bare}`)) continue;
    builtinsIndexed.add(bare);
    const exports: unknown = process.getBuiltinModule(name);
    if (isObject(exports)) indexExports(exports, `node:${bare}`);
  }
}

let commonJsSeen = 0;
const commonJsIndexed = new WeakSet<object>();

function refreshCommonJs(): void {
  const paths = Object.keys(require.cache);
  if (paths.length === commonJsSeen) return;
  let complete = true;
  for (const path of paths) {
    const module = require.cache[path];
    if (module === undefined || commonJsIndexed.has(module)) continue;
    if (!module.loaded) {
      complete = false;
      continue;
    }
    commonJsIndexed.add(module);
    const exports: unknown = module.exports;
    if (isObject(exports) && !isModuleNamespaceObject(exports) && filePath(path) !== undefined && !isEntryPath(path)) {
      indexExports(exports, pathToFileURL(path).href);
    }
  }
  if (complete) commonJsSeen = paths.length;
}

function indexExports(exports: object, url: string): void {
  const place = { url, specifier: "", importer: "" };
  if (!known.has(exports)) known.set(exports, { ...place, exportName: "=" });
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    const value: unknown = descriptor.value;
    if (isObject(value) && !known.has(value) && name !== "prototype") known.set(value, { ...place, exportName: name });
  }
}

const headers = new Map<string, { readonly imports: ReadonlyMap<string, ImportedName>; readonly strict: boolean }>();

function headerOf(path: string): { readonly imports: ReadonlyMap<string, ImportedName>; readonly strict: boolean } {
  let header = headers.get(path);
  if (header === undefined) {
    try {
      const source = readFileSync(path, "utf8");
      header = { imports: parseImportHeader(source), strict: startsStrict(source) };
    } catch {
      header = { imports: new Map(), strict: false };
    }
    headers.set(path, header);
  }
  return header;
}

/** True when a script file begins with "use strict". */
export function fileStartsStrict(url: string): boolean {
  const path = filePath(url);
  return path !== undefined && headerOf(path).strict;
}

/**
 * The reference behind an imported name of a loaded ES module: a static import needs no look at the value.
 * Undefined when the name is not imported, leads to the entry script, or (where that can be checked) names another value.
 */
export function importedName(importerUrl: string, localName: string, value: unknown): ModuleReference | undefined {
  const importer = filePath(importerUrl);
  if (importer === undefined) return undefined;
  const entry = headerOf(importer).imports.get(localName);
  if (entry === undefined) return undefined;
  const target = resolveImport(importer, entry.specifier);
  if (target === undefined || isEntryPath(target)) return undefined;
  const url = target.startsWith("node:") ? target : pathToFileURL(target).href;
  const reference: ModuleReference = { url, specifier: entry.specifier, importer: importerUrl, exportName: entry.imported };
  if (target.startsWith("node:")) return reference;
  try {
    return exportOf(require(target), entry.imported) === value || entry.imported === "*" ? reference : undefined;
  } catch (error) {
    return isUnrequirable(error) ? reference : undefined;
  }
}

/** A module that waits at its top level, or is still being evaluated: loaded, but not to be had synchronously. */
function isUnrequirable(error: unknown): boolean {
  const code = isObject(error) ? Reflect.get(error, "code") : undefined;
  return code === "ERR_REQUIRE_ASYNC_MODULE" || code === "ERR_REQUIRE_CYCLE_MODULE";
}

/** The value that an export name stands for, given what `require` answered for the module. */
export function exportOf(module: unknown, exportName: string): unknown {
  if (exportName === "=" || (exportName === "*" && isModuleNamespaceObject(module))) return module;
  if (!isObject(module)) return exportName === "default" ? module : undefined;
  if (exportName === "*") return { __proto__: null, ...module, default: module };
  if (exportName === "default" && !isModuleNamespaceObject(module)) return module;
  return Reflect.get(module, exportName);
}

const moduleExports = new Map<string, ReadonlyMap<object, string>>();

/**
 * The reference of a function that a loaded ES module (not the entry script) exports.
 * `url` is the script in which the function was written; it must be known to have been loaded as an ES module of this realm.
 */
export function exportedFunction(fn: object, url: string): ModuleReference | undefined {
  const path = filePath(url);
  if (path === undefined || !url.startsWith("file:") || isEntryPath(path)) return undefined;
  let names = moduleExports.get(url);
  if (names === undefined) {
    try {
      names = namesByValue(require(path));
    } catch {
      return undefined;
    }
    moduleExports.set(url, names);
  }
  const exportName = names.get(fn);
  return exportName === undefined ? undefined : { url, specifier: "", importer: "", exportName };
}

function namesByValue(module: unknown): Map<object, string> {
  const names = new Map<object, string>();
  if (!isObject(module) || !isModuleNamespaceObject(module)) return names;
  for (const name of Object.keys(module)) {
    const value = ownValue(module, name);
    if (isObject(value) && !names.has(value)) names.set(value, name);
  }
  return names;
}

/**
 * The reference of a function of Vonk itself that a test runner has loaded by its own means, so that its module is not known to Node:
 * the file that declares it must export it under its own name.
 */
export function engineFunction(fn: Function, url: string): ModuleReference | undefined {
  const path = filePath(url);
  if (path === undefined || !/^[\w$]+$/.test(fn.name) || /\.test\.|[\\/]test[\\/]/.test(path) || !isEngineFile(path)) return undefined;
  try {
    const source = readFileSync(path, "utf8");
    const exported = new RegExp(`^export (?:async )?(?:abstract )?(?:function\\*?|class|const) ${fn.name.replaceAll("$", "\\$")}\\b`, "m");
    return exported.test(source) ? { url: pathToFileURL(path).href, specifier: "", importer: "", exportName: fn.name } : undefined;
  } catch {
    return undefined;
  }
}

const engineDirectories = new Map<string, boolean>();

/** True for a file of Vonk's own packages. */
export function isEngineFile(path: string): boolean {
  const directory = dirname(path);
  if (directory === path) return false;
  let answer = engineDirectories.get(directory);
  if (answer === undefined) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      const name: unknown = isObject(manifest) ? Reflect.get(manifest, "name") : undefined;
      answer = typeof name === "string" && name.startsWith("@vonk/");
    } catch {
      answer = isEngineFile(directory);
    }
    engineDirectories.set(directory, answer);
  }
  return answer;
}

let conditions: ReadonlySet<string> | undefined;

/** The conditions under which `import` statements of this process resolve packages, those of the command line included. */
function importConditions(): ReadonlySet<string> {
  if (conditions === undefined) {
    const found = ["node", "import", "module-sync", "node-addons"];
    const { execArgv } = process;
    for (const [index, argument] of execArgv.entries()) {
      const match = /^(?:--conditions|-C)(?:=(.+))?$/.exec(argument);
      const name = match?.[1] ?? (match === null ? undefined : execArgv[index + 1]);
      if (name !== undefined) found.push(name);
    }
    conditions = new Set(found);
  }
  return conditions;
}

/** The path (or `node:` name) that an import of `specifier` in a file leads to; undefined when it leads nowhere. */
export function resolveImport(importerPath: string, specifier: string): string | undefined {
  const options: { paths?: string[]; conditions: ReadonlySet<string> } = { conditions: importConditions() };
  try {
    const bare = specifier.startsWith("file:") ? filePath(specifier) : specifier;
    if (bare === undefined) return undefined;
    const target = createRequire(importerPath).resolve(bare, options);
    return builtinModules.includes(target.replace(/^node:/, "")) || target.startsWith("node:")
      ? `node:${target.replace(/^node:/, "")}`
      : target;
  } catch {
    return undefined;
  }
}

function ownValue(object: object, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(object, name)?.value;
  } catch {
    return undefined; // not initialised yet
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
