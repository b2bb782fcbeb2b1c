import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ApplicationPlace, driverUrl, filePath, fromPortableUrl } from "./application-url.ts";
import { closureErrors } from "./closure-errors.ts";
import type { ModulePlace } from "./code-section.ts";
import { resolveImport } from "./known-modules.ts";

/** Loads the modules that payloads refer to: the driver's copies where it has sent some, else the files of the same paths. */
export class ModuleLoader {
  readonly #place: ApplicationPlace;
  readonly #require: NodeJS.Require;
  readonly #loaded = new Map<string, unknown>();

  constructor(place: ApplicationPlace) {
    this.#place = place;
    this.#require = createRequire(join(place.root, "noop.js"));
  }

  /**
   * The module, loaded synchronously if need be.
   * @throws CLOSURE_MODULE_NOT_FOUND when it is not there, or waits at its top level and was not prepared
   */
  load(place: ModulePlace): unknown {
    const key = `${place.url}\0${place.specifier}`;
    if (this.#loaded.has(key)) return this.#loaded.get(key);
    const target = this.#locate(place);
    const module: unknown = target.startsWith("node:") ? process.getBuiltinModule(target) : this.#load(place, target);
    this.#loaded.set(key, module);
    return module;
  }

  /** Loads what can be loaded at once; a promise for modules with a top-level await. */
  prepare(place: ModulePlace): Promise<void> | undefined {
    try {
      this.load(place);
      return undefined;
    } catch (error) {
      const cause: unknown = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
      return this.#import(place);
    }
  }

  async #import(place: ModulePlace): Promise<void> {
    const module: unknown = await import(pathToFileURL(this.#locate(place)).href);
    this.#loaded.set(`${place.url}\0${place.specifier}`, module);
  }

  #load(place: ModulePlace, target: string): unknown {
    try {
      return this.#require(target);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      const waits = code === "ERR_REQUIRE_ASYNC_MODULE";
      const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
      // What the module itself throws while it loads says best what is wrong.
      if (!waits && !isMissing) throw error;
      const problem = waits ? "waits at its top level and must be prepared first" : `failed to load (${reasonOf(error)})`;
      throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier: nameOf(place), problem }, { cause: error });
    }
  }

  /**
   * The file that the driver saw, if it exists here; else what its import leads to from the importing file. Where that is a copy,
   * packages come from where the copies find them, so that all of the application has the same.
   */
  #locate(place: ModulePlace): string {
    const { root, copies } = this.#place;
    const url = fromPortableUrl(place.url, this.#place);
    if (url.startsWith("node:")) return url;
    const path = filePath(url);
    const importer = fromPortableUrl(place.importer, this.#place);
    const isCopy = importer !== driverUrl(place.importer, this.#place);
    const isImport = /^[^./]/.test(place.specifier);
    const here = isCopy && isImport ? resolveImport(filePath(importer) ?? "", place.specifier) : undefined;
    if (here !== undefined) return here;
    if (path !== undefined && existsSync(path)) return path;
    const from = filePath(importer) ?? join(root, "noop.js");
    const resolved =
      (place.specifier === "" ? undefined : resolveImport(from, place.specifier)) ??
      (copies === undefined || path === undefined ? undefined : packageFile(path, copies));
    if (resolved === undefined) {
      throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier: nameOf(place), problem: `is not at ${path ?? url}` });
    }
    return resolved;
  }
}

/** The same file of the same package in a folder that modules below `folder` see; for what is known by its path alone. */
function packageFile(path: string, folder: string): string | undefined {
  const [, inPackage] = /.*[\\/]node_modules[\\/](.+)$/s.exec(path) ?? [];
  if (inPackage === undefined) return undefined;
  const places = createRequire(join(folder, "noop.js")).resolve.paths(inPackage) ?? [];
  return places.map((place) => join(place, inPackage)).find((candidate) => existsSync(candidate));
}

/** First line of what Node says, which names the package or file that it missed. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

function nameOf(place: ModulePlace): string {
  return place.specifier === "" ? place.url : place.specifier;
}
