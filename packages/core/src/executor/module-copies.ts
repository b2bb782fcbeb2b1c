import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filePath } from "../closure/application-url.ts";
import type { AddedModule } from "../driver/served-files.ts";
import { digestOfFile } from "../module/application-modules.ts";
import { linkPackages } from "../module/link-packages.ts";

/** The folder of an executor for the driver's modules, below its own. */
export function moduleCopiesFolder(localDir: string): string {
  return join(localDir, "modules");
}

/**
 * An executor's copies of the application's modules. Where all of them lie at the driver's paths with the same contents there is
 * nothing to copy; where one does not, all are copied, so that modules that import each other are of one origin.
 */
export class ModuleCopies {
  readonly #folder: string;
  readonly #fetch: (module: AddedModule) => Promise<Uint8Array>;
  readonly #copied = new Map<string, string>();
  readonly #present = new Set<string>();

  constructor(localDir: string, fetch: (module: AddedModule) => Promise<Uint8Array>) {
    this.#folder = moduleCopiesFolder(localDir);
    this.#fetch = fetch;
  }

  /** Resolves when modules that import each other find the same contents here as on the driver. */
  async take(modules: readonly AddedModule[]): Promise<void> {
    if (this.#copied.size === 0 && modules.every((module) => this.#isHere(module))) return;
    for (const module of modules) if (this.#copied.get(module.path) !== module.digest) await this.#copy(module);
    linkPackages(this.#folder);
  }

  #isHere({ url, digest }: AddedModule): boolean {
    const key = `${digest} ${url}`;
    if (!this.#present.has(key) && digestAt(url) === digest) this.#present.add(key);
    return this.#present.has(key);
  }

  async #copy(module: AddedModule): Promise<void> {
    const bytes = await this.#fetch(module);
    const target = join(this.#folder, module.path);
    mkdirSync(dirname(target), { recursive: true });
    // A task sees the whole file or none.
    writeFileSync(`${target}.part`, bytes);
    renameSync(`${target}.part`, target);
    this.#copied.set(module.path, module.digest);
  }
}

function digestAt(url: string): string | undefined {
  try {
    const path = filePath(url);
    return path === undefined ? undefined : digestOfFile(readFileSync(path));
  } catch {
    // Not there, or a path of another system.
    return undefined;
  }
}
