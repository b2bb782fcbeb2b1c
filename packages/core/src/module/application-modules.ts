import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { copyPath, filePath } from "../closure/application-url.ts";
import { isEngineFile, resolveImport } from "../closure/known-modules.ts";
import type { AddedModule } from "../driver/served-files.ts";
import { sha256 } from "./sha256.ts";

const bytesMaxDefault = 64 * 2 ** 20;
const scripts: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]);

/**
 * Files of one's own that text may import: relative ones and those of package.json's `imports`. What only looks like an import, as in
 * a comment, does no harm: it is taken along when it is a file.
 */
const specifier = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\(|\brequire\.resolve\s*\()\s*(["'])((?:\.{1,2}\/|#)[^"'\n]*)\1/g;

/**
 * The files that an application's code consists of: its modules and what they import, without packages and the engine.
 *
 * They are copied when the driver meets them, so that executors get what the driver runs, whatever becomes of the files meanwhile.
 * A copy lies where {@link copyPath} says, with the package.json that decides how Node reads it.
 */
export class ApplicationModules {
  readonly #folder: string;
  readonly #warn: (message: string) => void;
  readonly #bytesMax: number;
  readonly #seen = new Set<string>();
  readonly #modules: AddedModule[] = [];
  #bytes = 0;

  /** @param folder for the copies */
  constructor(folder: string, warn: (message: string) => void, bytesMax: number = bytesMaxDefault) {
    this.#folder = folder;
    this.#warn = warn;
    this.#bytesMax = bytesMax;
  }

  /** All of them so far. */
  get list(): readonly AddedModule[] {
    return this.#modules;
  }

  /** Adds the script that this process was started with, if there is one. */
  addEntry(): boolean {
    const path = process.argv[1];
    return path !== undefined && this.add([pathToFileURL(path).href]);
  }

  /** Adds modules by their URLs, with all that they import; true when something was new. */
  add(urls: readonly string[]): boolean {
    const before = this.#modules.length;
    const open = urls.flatMap((url) => filePath(url) ?? []);
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (this.#seen.has(path)) continue;
      this.#seen.add(path);
      const real = realPath(path);
      if (real === undefined || !isOwn(real)) continue;
      if (real !== path) {
        open.push(real);
        continue;
      }
      const text = this.#copy(path);
      if (text === undefined || !scripts.has(extname(path))) continue;
      for (const match of text.toString("utf8").matchAll(specifier)) {
        const target = resolveImport(path, match[2] ?? "");
        if (target !== undefined && !target.startsWith("node:")) open.push(target);
      }
      const manifest = manifestOf(path);
      if (manifest !== undefined && !this.#seen.has(manifest)) {
        this.#seen.add(manifest);
        this.#copy(manifest);
      }
    }
    return this.#modules.length > before;
  }

  /** Undefined when there is no room for it, or it cannot be read. */
  #copy(path: string): Buffer | undefined {
    const url = pathToFileURL(path).href;
    const place = decodeURIComponent(copyPath(url) ?? "");
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      // It was loaded once; who needs it now says that it is gone.
      return undefined;
    }
    if (this.#bytes + bytes.byteLength > this.#bytesMax) {
      const [met, limit] = [this.#bytes + bytes.byteLength, this.#bytesMax].map((size) => Math.ceil(size / 2 ** 20));
      this.#warn(
        `The application's own files are ${met} MiB with ${path}, expected at most ${limit}: executors on hosts without it do not get it. Give data with --files or by paths.`,
      );
      return undefined;
    }
    this.#bytes += bytes.byteLength;
    const target = join(this.#folder, place);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
    this.#modules.push({ url, path: place, bytes: bytes.byteLength, digest: digestOfFile(bytes) });
    return bytes;
  }
}

/** What two copies of a file have in common. */
export function digestOfFile(bytes: Uint8Array): string {
  return sha256(bytes, "hex");
}

function isOwn(path: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(path) && !isEngineFile(path);
}

/** Of a file, links resolved, as Node names modules. */
function realPath(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

function manifestOf(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (statSync(manifest, { throwIfNoEntry: false })?.isFile() === true) return manifest;
    if (dirname(folder) === folder) return undefined;
  }
}
