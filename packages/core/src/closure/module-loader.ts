import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filePath, fromPortableUrl } from "./application-url.ts";
import { closureErrors } from "./closure-errors.ts";
import type { ModulePlace } from "./code-section.ts";
import { resolveImport } from "./known-modules.ts";

/** Loads the modules that payloads refer to, below one application root. */
export class ModuleLoader {
  readonly #appRoot: string;
  readonly #require: NodeJS.Require;
  readonly #loaded = new Map<string, unknown>();

  constructor(appRoot: string) {
    this.#appRoot = appRoot;
    this.#require = createRequire(join(appRoot, "noop.js"));
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
      const problem = waits ? "waits at its top level and must be prepared first" : "failed to load";
      throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier: nameOf(place), problem }, { cause: error });
    }
  }

  /** The file that the driver saw, if it exists here; else what its import leads to from the importing file. */
  #locate(place: ModulePlace): string {
    const url = fromPortableUrl(place.url, this.#appRoot);
    if (url.startsWith("node:")) return url;
    const path = filePath(url);
    if (path !== undefined && existsSync(path)) return path;
    const importer = filePath(fromPortableUrl(place.importer, this.#appRoot)) ?? join(this.#appRoot, "noop.js");
    const resolved = place.specifier === "" ? undefined : resolveImport(importer, place.specifier);
    if (resolved === undefined) {
      throw closureErrors.create("CLOSURE_MODULE_NOT_FOUND", { specifier: nameOf(place), problem: `is not at ${path ?? url}` });
    }
    return resolved;
  }
}

function nameOf(place: ModulePlace): string {
  return place.specifier === "" ? place.url : place.specifier;
}
